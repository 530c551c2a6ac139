# What stands around the words of a letter, and how people, orders, days and money are named in a sentence.
#
# A name has forms for its places in a sentence, after the hyphen of the variable:
#   $carrier, $shop       in the middle of a sentence, as its subject
#   …-start               the same as the first word of a sentence
#   …-object              the one somebody asks or tells ("Ask UPS", "den Paketdienst")
#   …-at, …-of, …-to      where, whose, to whom ("beim Paketdienst", "du transporteur", "an den Paketdienst")
#   $order, -start, -of   "order #1001" or, without a number, "your order"
# $n counts parcels or items. Selectors take numbers and the house's own codes only, never a stranger's text.

greeting = Hello { $name },
customer-nameless = there
greeting-nobody = Hello,
order-named = order { $number }
    .start = Order { $number }
    .of = order { $number }
order-bare = your order
    .start = Your order
    .of = your order
subject-tail = (order { $number })
carrier-named = { $name }
    .start = { $name }
    .object = { $name }
    .at = at { $name }
    .of = of { $name }
    .to = to { $name }
carrier-unknown = the carrier
    .start = The carrier
    .object = the carrier
    .at = at the carrier
    .of = of the carrier
    .to = to the carrier
shop-named = { $name }
    .start = { $name }
    .object = { $name }
    .at = at { $name }
    .of = of { $name }
    .to = to { $name }
shop-unknown = the shop
    .start = The shop
    .object = the shop
    .at = at the shop
    .of = of the shop
    .to = to the shop

contact-mail = write to { $email }
contact-phone = call { $phone }
contact-both = write to { $email } or call { $phone }
contact-nothing = contact { $name }

whatsapp-button = See details
parcel-carrier = { $carrier }
preferences = Choose what we send you
promotion = From { $shop }
button-else = Or open this address:
column-item = Item
column-quantity = Quantity
column-paid = Paid
colon = :
total = Total
item-nameless = Item
items-more =
    { $n ->
        [one] and { $n } more item
       *[other] and { $n } more items
    }
quoted = “{ $text }”
because-order = You get this mail because you placed { $order } at { $shop }.
because-return = You get this mail because a return was requested for { $order } at { $shop }.
because-link = You get this mail because somebody asked for the link to { $order } at { $shop }, which was placed with this address.
because-marketing = You get this mail because you bought from { $shop } and agreed to hear from the shop.
because-choice = You get this mail because the choices of this address at { $shop } were changed.
because-staff = You get this mail because { $shop } sends what needs a person to this address.
footer-mail = Mail
footer-phone = Phone
footer-hours = Hours

# Days as CLDR writes them for Great Britain, without its commas; a test compares every day and amount with ICU4X.
weekday-1 = Monday
    .short = Mon
weekday-2 = Tuesday
    .short = Tue
weekday-3 = Wednesday
    .short = Wed
weekday-4 = Thursday
    .short = Thu
weekday-5 = Friday
    .short = Fri
weekday-6 = Saturday
    .short = Sat
weekday-7 = Sunday
    .short = Sun
month-1 = January
    .short = Jan
month-2 = February
    .short = Feb
month-3 = March
    .short = Mar
month-4 = April
    .short = Apr
month-5 = May
    .short = May
month-6 = June
    .short = Jun
month-7 = July
    .short = Jul
month-8 = August
    .short = Aug
month-9 = September
    .short = Sep
month-10 = October
    .short = Oct
month-11 = November
    .short = Nov
month-12 = December
    .short = Dec
date-day = { $weekday } { $day } { $month }
date-year = { $weekday } { $day } { $month } { $year }
date-moment = { $weekday } { $day } { $month }, { $hour }:{ $minute }
money-symbol = { $sign }{ $symbol }{ $digits }
money-code = { $sign }{ $symbol }{"\u00A0"}{ $digits }
money-decimal = .
money-group = ,
money-group-from = 4
currency-USD = $
currency-EUR = €
currency-GBP = £

expected = { $day }, { $by }
expected-moved = { $day }, { $by } (at first it was { $first })
expected-by-carrier = says the carrier
expected-by-lane = going by how long parcels to your country usually take
expected-by-promise = as promised by the shop
cause-carrier = a delay at the carrier
cause-merchant = a delay at the shop
cause-customer = a problem with the address or the handover
cause-customs = a check by customs
cause-weather = bad weather
cause-other = something that was not explained

row-carrier = Carrier
row-number = Tracking number
row-expected = Expected
row-expected-order = Expected delivery
row-at-first = At first
row-on-vehicle = On the vehicle since
row-delivered = Delivered
row-how = How
row-where = Where
row-tried = Tried
row-reported = Reported
row-carrier-said = In the carrier's words
row-no-scan = No scan since
row-reported-delivered = Reported as delivered
row-taken-back = Taken back
row-you-told = You told us
row-label-made = Label made
row-last-scan = Last scan
row-newest-scan = Newest scan
row-you-want = You want
row-order = Order
row-placed = Placed
row-customer-total = Total
