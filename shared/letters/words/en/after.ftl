# Letters after the delivery: with consent only, by mail only.

thank_you = Thank you
    .subject = Thank you for your order at { $shop }
    .preheader = We hope you enjoy it. Everything about it stays on its page.
    .say = Thank you for buying from { $shop }. We hope that you enjoy what { $order } brought you.
    .then = Everything about the order stays on its page. If something is not right, { $contact }.
rating_request = How did the delivery go?
    .subject = How did the delivery of { $order } go?
    .preheader = A short answer helps the shop to do better.
    .say = The delivery of { $order } from { $shop } is complete. Did it come as you expected?
    .then = Tell { $shop } in a sentence: { $contact }. If something went wrong, they can put it right.
review_request = What do you think of it?
    .subject = What do you think of your order from { $shop }?
    .preheader = Your opinion helps others who are thinking of buying the same.
    .say = You have had { $order } from { $shop } for some time now. Would you say what you think of what you bought?
    .then = Your honest opinion helps others, whether it is good or bad.
replenishment = Time for more?
    .subject = Is your order from { $shop } used up?
    .preheader = What you bought, to order it again.
    .say = Some of what { $order } brought you may be used up soon. This is what you bought at { $shop }.
    .then = If you still have enough, you do not need to do anything.
part-bought = What you bought
