//! Something of Stripe's that stands in another thing: by its id alone, or whole when it was asked for so.

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use signatures::Field;
use std::{fmt, marker::PhantomData};

/// An id, a whole thing, or neither.
#[derive(Default)]
pub(super) enum Link<T> {
    #[default]
    None,
    Id(Field),
    Whole(T),
}

impl<T> Link<T> {
    pub(super) fn whole(&self) -> Option<&T> {
        if let Self::Whole(thing) = self { Some(thing) } else { None }
    }

    /// Its id, as the whole thing or the bare id says it.
    pub(super) fn id<'a>(&'a self, of_whole: impl Fn(&'a T) -> &'a Field) -> Option<&'a Field> {
        match self {
            Self::None => None,
            Self::Id(id) => Some(id),
            Self::Whole(thing) => Some(of_whole(thing)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Link<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Link<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id or an object")
            }
            fn visit_str<E>(self, id: &str) -> Result<Link<T>, E> {
                Ok(Link::Id(Field::of(id)))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Link<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Link::Whole)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Link<T>, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Link::None)
            }
            fn visit_unit<E>(self) -> Result<Link<T>, E> {
                Ok(Link::None)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Link<T>, E> {
                Ok(Link::None)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Link<T>, E> {
                Ok(Link::None)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Link<T>, E> {
                Ok(Link::None)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Link<T>, E> {
                Ok(Link::None)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}
