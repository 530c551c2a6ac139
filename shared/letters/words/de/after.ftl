# Briefe nach der Zustellung: nur mit Einwilligung, nur per E-Mail.

thank_you = Vielen Dank
    .subject = Vielen Dank für Ihre Bestellung bei { $shop }
    .preheader = Wir hoffen, Sie haben Freude daran. Alles dazu bleibt auf ihrer Seite.
    .say = Vielen Dank für Ihren Einkauf bei { $shop }. Wir hoffen, dass Sie an { $order-of } Freude haben.
    .then = Alles zu Ihrer Bestellung bleibt auf ihrer Seite. Wenn etwas nicht stimmt, { $contact }.
rating_request = Wie war die Zustellung?
    .subject = Wie war die Zustellung { $order-of }?
    .preheader = Eine kurze Antwort hilft dem Shop, besser zu werden.
    .say = Die Zustellung { $order-of } von { $shop } ist abgeschlossen. Kam alles so, wie Sie es erwartet haben?
    .then = Sagen Sie es { $shop } in einem Satz: { $contact-start }. Wenn etwas schiefging, kann der Shop es in Ordnung bringen.
review_request = Wie gefällt es Ihnen?
    .subject = Wie gefällt Ihnen Ihre Bestellung von { $shop }?
    .preheader = Ihre Meinung hilft anderen, die über denselben Kauf nachdenken.
    .say = { $order-start } von { $shop } ist nun seit einiger Zeit bei Ihnen. Möchten Sie sagen, wie sie Ihnen gefällt?
    .then = Ihre ehrliche Meinung hilft anderen, ob sie gut ausfällt oder nicht.
replenishment = Zeit für Nachschub?
    .subject = Geht etwas aus Ihrer Bestellung von { $shop } zur Neige?
    .preheader = Was Sie gekauft haben, zum Nachbestellen.
    .say = Einiges aus { $order-of } ist vielleicht bald aufgebraucht. Das haben Sie bei { $shop } gekauft.
    .then = Wenn Sie noch genug haben, brauchen Sie nichts zu tun.
part-bought = Was Sie gekauft haben
