//! The history of a lane: how long parcels of one carrier to one country took, and what that makes likely.

use crate::{
    calendar::Calendar,
    id::{CarrierCode, ShopId},
    parcel::Parcel,
};
use jiff::civil::Date;

/// Business days counted apart; what took longer is counted with the last.
pub const LANE_DAYS_MAX: usize = 30;
/// Parcels from which on a lane may be believed. Below, its slowest parcel moves the percentile by more than a day.
pub const LANE_SAMPLE_MIN: u32 = 30;
/// By the day that is shown, this many of a hundred parcels had arrived.
pub const LANE_PERCENT: u32 = 80;

/// Which lane: one shop, one carrier, one destination country.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneKey {
    /// Whose parcels.
    pub shop: ShopId,
    /// Who carries them.
    pub carrier: CarrierCode,
    /// Where to: ISO 3166 alpha-2.
    pub country: String,
}

/// How many parcels of a lane took how many business days from first scan to delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lane {
    /// Index: business days; value: parcels.
    pub counts: Vec<u32>,
}

impl Lane {
    /// The business days within which [`LANE_PERCENT`] of a hundred parcels arrived, once there are enough to say so.
    #[must_use]
    pub fn days(&self) -> Option<u32> {
        let total: u32 = self.counts.iter().sum();
        if total < LANE_SAMPLE_MIN {
            return None;
        }
        let wanted = u64::from(total) * u64::from(LANE_PERCENT);
        let mut seen = 0_u64;
        for (days, count) in (0_u32..).zip(&self.counts) {
            seen += u64::from(*count) * 100;
            if seen >= wanted {
                return Some(days);
            }
        }
        None
    }
}

impl Parcel {
    /// The lane this parcel travels, once its destination is known.
    #[must_use]
    pub fn lane(&self) -> Option<LaneKey> {
        let country = self.link.as_ref()?.described.as_ref()?.country.clone()?;
        Some(LaneKey { shop: self.key.shop.clone(), carrier: self.key.carrier.clone(), country })
    }

    /// The day that a lane's history makes likely for this parcel, counted from its first scan on the calendar of its
    /// destination.
    #[must_use]
    pub fn likely_day(&self, lane: &Lane, destination: &Calendar) -> Option<Date> {
        let days = lane.days()?;
        let first = destination.zone.date_of(self.first_scan_at()?);
        Some(destination.day_after(first, days))
    }

    /// How many business days this parcel took from its first scan to its delivery, once it has arrived; at most
    /// [`LANE_DAYS_MAX`].
    #[must_use]
    pub fn days_taken(&self, destination: &Calendar) -> Option<usize> {
        let (first, last) = (self.first_scan_at()?, self.folded().delivered_at?);
        let days = destination.business_days_between(first, last);
        Some(usize::try_from(days).unwrap_or(LANE_DAYS_MAX).min(LANE_DAYS_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counts: &[u32], want: Option<u32>) {
        assert_eq!(Lane { counts: counts.to_vec() }.days(), want);
    }

    #[test]
    fn a_lane_is_believed_when_enough_parcels_took_it() {
        check(&[], None);
        check(&[0, 0, 29], None);
        check(&[0, 0, 30], Some(2));
        check(&[0, 24, 0, 6], Some(1));
        check(&[0, 23, 0, 7], Some(3));
    }
}
