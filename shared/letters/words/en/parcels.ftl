# Letters about parcels on their way. $n: how many parcels this one message tells of.

label_made =
    { $n ->
        [one] Your parcel is ready for the carrier
       *[other] Your { $n } parcels are ready for the carrier
    }
    .subject =
        { $n ->
            [one] Your parcel from { $shop } is ready for the carrier
           *[other] Your { $n } parcels from { $shop } are ready for the carrier
        }
    .preheader = A label was made. Next the carrier collects it.
    .say =
        { $n ->
            [one] { $shop } has made a label for your parcel. Next { $carrier } collects it.
           *[other] { $shop } has made labels for { $n } parcels of { $order }. Next they are collected.
        }
    .sms =
        { $n ->
            [one] your parcel has its label and waits for the carrier:
           *[other] { $n } parcels have their labels and wait for the carrier:
        }
    .brief =
        { $n ->
            [one] your parcel has its label:
           *[other] your { $n } parcels have their labels:
        }
    .whatsapp = Good news from { $shop } about { $order }. Ready for the carrier: { $parcels }. You can follow the way with the button below.
shipped =
    { $n ->
        [one] Your parcel is on its way
       *[other] Your { $n } parcels are on their way
    }
    .subject =
        { $n ->
            [one] Your parcel from { $shop } is on its way
           *[other] Your { $n } parcels from { $shop } are on their way
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } has it. Follow it on its page.
           *[other] Follow all of them on one page.
        }
    .say =
        { $n ->
            [one] { $carrier-start } has your parcel, and it is on its way to you.
           *[other] { $n } parcels of { $order } were handed over and are on their way to you.
        }
    .rest = The rest of your order follows separately. We will write when it is on its way.
    .sms =
        { $n ->
            [one] your parcel is on its way. Follow it here:
           *[other] { $n } parcels are on their way. Follow them here:
        }
    .brief =
        { $n ->
            [one] your parcel is on its way:
           *[other] { $n } parcels are on their way:
        }
    .whatsapp = Good news from { $shop } about { $order }. Now on the way to you: { $parcels }. You can follow the way with the button below.
arriving_soon = Your parcel should come soon
    .subject = Your parcel from { $shop } should come soon
    .subject-day = Your parcel from { $shop } should come on { $day }
    .heading-day = Your parcel should come on { $day }
    .preheader = { $carrier-start } expects to deliver it.
    .say = Your parcel is on its way and should reach you soon.
    .say-day = Your parcel is on its way and should reach you on { $day }.
    .then = If nobody will be there, { $carrier } may offer another day or a pickup point.
    .sms = your parcel should come soon. Follow it here:
    .brief = your parcel should come soon:
    .sms-day = your parcel should come on { $day }:
    .whatsapp = Good news from { $shop } about { $order }: the parcel should reach you on { $day }. You can follow it with the button below.
    .whatsapp-day = the expected day
out_for_delivery =
    { $n ->
        [one] Out for delivery
       *[other] { $n } parcels are out for delivery
    }
    .subject =
        { $n ->
            [one] Your parcel from { $shop } is out for delivery
           *[other] Your { $n } parcels from { $shop } are out for delivery
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } has it on the vehicle.
           *[other] They are on the vehicle.
        }
    .say =
        { $n ->
            [one] { $carrier-start } has loaded your parcel for delivery.
           *[other] { $n } parcels of { $order } were loaded for delivery.
        }
    .nobody-home =
        { $n ->
            [one] Nobody at home? { $carrier-start } may leave it in a safe place, with a neighbour or try again.
           *[other] Nobody at home? The carrier may leave them in a safe place, with a neighbour or try again.
        }
    .sms =
        { $n ->
            [one] your parcel is out for delivery. Follow it here:
           *[other] { $n } parcels are out for delivery. Follow them here:
        }
    .brief =
        { $n ->
            [one] out for delivery:
           *[other] { $n } parcels are out for delivery:
        }
    .whatsapp = Good news from { $shop } about { $order }. Out for delivery now: { $parcels }. You can follow the way with the button below.
ready_for_pickup = Your parcel is ready to collect
    .subject = Your parcel from { $shop } is ready to collect
    .preheader = Where it waits and what to take along.
    .say = { $carrier-start } reports: { $status }.
    .then = Take your tracking number and an identity card along. Parcels that wait too long are sent back.
    .sms = your parcel is ready to collect. Where and how:
    .brief = your parcel is ready to collect:
    .whatsapp = Good news from { $shop } about { $order }: the parcel is ready to collect. Where it waits is behind the button below.
pickup_reminder = Your parcel still waits for you
    .subject = Your parcel from { $shop } still waits for you
    .preheader = Please collect it before it is sent back.
    .say = Your parcel still waits to be collected. { $carrier-start } sends parcels back that wait too long.
    .then = Take your tracking number and an identity card along. If you cannot go yourself, ask { $carrier-object } who may collect it for you.
    .sms = your parcel still waits. Collect it before it goes back:
    .brief = your parcel still waits for you:
    .whatsapp = A reminder from { $shop } about { $order }: the parcel still waits to be collected. Where it waits is behind the button below.
delivered =
    { $n ->
        [one] Your parcel was delivered
       *[other] Your { $n } parcels were delivered
    }
    .subject =
        { $n ->
            [one] Your parcel from { $shop } was delivered
           *[other] Your { $n } parcels from { $shop } were delivered
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } reports it as delivered. What to do if it is not there.
           *[other] They are reported as delivered. What to do if one is not there.
        }
    .say =
        { $n ->
            [one] { $carrier-start } reports that your parcel has arrived.
           *[other] { $n } parcels of { $order } are reported as delivered.
        }
    .sms =
        { $n ->
            [one] your parcel was delivered. Not there? See what to do:
           *[other] { $n } parcels were delivered. One missing? See what to do:
        }
    .brief =
        { $n ->
            [one] your parcel was delivered:
           *[other] your { $n } parcels were delivered:
        }
    .whatsapp = Good news from { $shop } about { $order }. Delivered: { $parcels }. If something is not there, the button below says what to do.
delivered_to_neighbour = Your parcel is with a neighbour
    .subject = Your parcel from { $shop } is with a neighbour
    .preheader = { $carrier-start } left it next door. What to do if it is not there.
    .say = { $carrier-start } reports that a neighbour took your parcel for you. There may be a card that says which one.
    .sms = a neighbour took your parcel. Not there? See what to do:
    .brief = a neighbour took your parcel:
    .whatsapp = Good news from { $shop } about { $order }: a neighbour took the parcel for you. If it is not there, the button below says what to do.
all_delivered = Everything has arrived
    .subject = Everything of { $order } has arrived
    .preheader = All parcels are reported as delivered. What to do if one is not there.
    .say =
        { $n ->
            [one] The parcel of { $order } from { $shop } is reported as delivered.
           *[other] All { $n } parcels of { $order } from { $shop } are reported as delivered.
        }
    .sms = everything of your order was delivered. One missing? What to do:
    .brief = everything was delivered:
    .whatsapp = Good news from { $shop }: everything of { $order } was delivered. If something is not there, the button below says what to do.

delivered-damaged = It was damaged on the way
    .body = Please photograph the box and what is inside, and { $contact }.
delivered-partial = Only a part of it was delivered
    .body = If the rest does not follow within two working days, { $contact }.
part-not-there = Is it not there?
not-there-look = Look at the door, in the letter box and where parcels are usually left; there may be a card.
not-there-ask = Ask neighbours, the reception and the people you live with.
not-there-wait = Wait one working day: some carriers report a delivery a little early.
not-there-contact = Still nothing? Please { $contact }.
part-not-right = Is something not right?
return-offer = You can ask for a return on the page of your order, until { $day }.
    .at-least = You can ask for a return on the page of your order, at least until { $day }.
return-offer-but = This does not apply to final-sale items.
part-in-parcel = In this parcel
part-parcel = Parcel { $i } of { $n }
button-follow-parcel =
    { $n ->
        [one] Follow your parcel
       *[other] Follow your parcels
    }
several-parcels =
    { $told ->
        [one] { $order-start } comes in { $n } parcels; this is about one of them.
       *[other] { $order-start } comes in { $n } parcels; this is about { $told } of them.
    }
since-then = The newest news since then: { $status }, { $moment }.
nothing-to-do = You do not need to do anything.
parcels-counted =
    { $n ->
        [one] { $n } parcel
       *[other] { $n } parcels
    }

# It is expected on another day, or what went wrong is over: .headline… and what is known about it.
new_day = Your parcel has a new expected day
    .earlier = Your parcel is expected earlier, on { $day }
    .later = Your parcel is now expected on { $day }
    .another = { $carrier-start } named another day for your parcel.
    .named = { $carrier-start } named { $day } as the day for your parcel.
    .as-promised = { $carrier-start } at first said { $was } and now says { $day }, as the shop promised.
    .now = At first your parcel was expected on { $was }; { $carrier } now says { $day }.
    .now-because = At first your parcel was expected on { $was }; { $carrier } now says { $day }, because of { $cause }.
    .now-unexplained = At first your parcel was expected on { $was }; { $carrier } now says { $day }. It did not say why.
    .then-said = At first your parcel was expected on { $was }; { $carrier } then said { $day }.
    .again = Since then the day changed again: your parcel is now expected on { $day }.
    .sms = { $headline }. More:
    .brief = your parcel has a new day:
    .whatsapp = News from { $shop } about { $order }: { $headline }. More about it is behind the button below.
problem_solved = There is news of your parcel
    .reports = { $carrier-start } reports: { $status }.
    .delivered-after-all = Your parcel was delivered after all
    .delivered-after-all-how = { $carrier-start } had taken its report of the delivery back. Now it reports again that the parcel was delivered.
    .arrived = Your parcel has arrived
    .arrived-how = { $carrier-start } reports that your parcel was delivered.
    .collect = Your parcel is ready to collect
    .moving = Your parcel is moving again
    .moving-lost = It looked as if it was lost. Now { $carrier } has scanned it again, and it is on its way to you.
    .moving-stalled = { $carrier-start } had not scanned it for some days. Now it has, and the parcel is on its way to you.
    .late-day = Your late parcel has a new expected day
    .late-day-how = It did not come on the day it was expected. It is on its way to you, and { $carrier } named a new day.
    .late = Your late parcel is on its way
    .late-how = It did not come on the day it was expected. It is on its way to you.
    .not-there = Is it not there? Look at the door and ask the neighbours first, then { $contact }.
    .no-day = { $carrier-start } has not said on which day it comes now. You do not need to do anything.
    .take-along = Take your tracking number along.
    .sms = { $headline }. More:
    .brief = there is news of your parcel:
    .whatsapp = News from { $shop } about { $order }: { $headline }. More about it is behind the button below.
