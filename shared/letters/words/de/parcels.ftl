# Briefe über Pakete auf ihrem Weg. $n: von wie vielen Paketen diese eine Nachricht handelt.

label_made =
    { $n ->
        [one] Ihr Paket ist bereit für den Paketdienst
       *[other] Ihre { $n } Pakete sind bereit für den Paketdienst
    }
    .subject =
        { $n ->
            [one] Ihr Paket von { $shop } ist bereit für den Paketdienst
           *[other] Ihre { $n } Pakete von { $shop } sind bereit für den Paketdienst
        }
    .preheader = Das Versandetikett ist erstellt. Als Nächstes wird abgeholt.
    .say =
        { $n ->
            [one] { $shop } hat das Versandetikett für Ihr Paket erstellt. Als Nächstes holt { $carrier } es ab.
           *[other] { $shop } hat die Versandetiketten für { $n } Pakete { $order-of } erstellt. Als Nächstes werden sie abgeholt.
        }
    .sms =
        { $n ->
            [one] Ihr Paket hat sein Etikett und wartet auf den Paketdienst:
           *[other] { $n } Pakete haben ihr Etikett und warten auf Abholung:
        }
    .brief =
        { $n ->
            [one] Ihr Paket hat sein Etikett:
           *[other] Ihre { $n } Pakete haben ihr Etikett:
        }
    .whatsapp = Gute Nachricht von { $shop } zu { $order-of }. Bereit für den Paketdienst: { $parcels }. Über die Schaltfläche unten können Sie den Weg verfolgen.
shipped =
    { $n ->
        [one] Ihr Paket ist unterwegs
       *[other] Ihre { $n } Pakete sind unterwegs
    }
    .subject =
        { $n ->
            [one] Ihr Paket von { $shop } ist unterwegs
           *[other] Ihre { $n } Pakete von { $shop } sind unterwegs
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } hat es. Auf seiner Seite können Sie es verfolgen.
           *[other] Auf einer Seite können Sie alle verfolgen.
        }
    .say =
        { $n ->
            [one] { $carrier-start } hat Ihr Paket, und es ist auf dem Weg zu Ihnen.
           *[other] { $n } Pakete { $order-of } wurden übergeben und sind auf dem Weg zu Ihnen.
        }
    .rest = Der Rest Ihrer Bestellung folgt getrennt. Wir schreiben Ihnen, wenn er unterwegs ist.
    .sms =
        { $n ->
            [one] Ihr Paket ist unterwegs. Hier verfolgen:
           *[other] { $n } Pakete sind unterwegs. Hier verfolgen:
        }
    .brief =
        { $n ->
            [one] Ihr Paket ist unterwegs:
           *[other] { $n } Pakete sind unterwegs:
        }
    .whatsapp = Gute Nachricht von { $shop } zu { $order-of }. Jetzt auf dem Weg zu Ihnen: { $parcels }. Über die Schaltfläche unten können Sie den Weg verfolgen.
arriving_soon = Ihr Paket kommt voraussichtlich bald
    .subject = Ihr Paket von { $shop } kommt voraussichtlich bald
    .subject-day = Ihr Paket von { $shop } kommt voraussichtlich am { $day }
    .heading-day = Ihr Paket kommt voraussichtlich am { $day }
    .preheader = Damit rechnet { $carrier }.
    .say = Ihr Paket ist unterwegs und sollte bald bei Ihnen sein.
    .say-day = Ihr Paket ist unterwegs und kommt voraussichtlich am { $day }.
    .then = Wenn niemand da sein wird, bietet { $carrier } vielleicht einen anderen Tag oder einen Abholort an.
    .sms = Ihr Paket kommt voraussichtlich bald. Hier verfolgen:
    .brief = Ihr Paket kommt voraussichtlich bald:
    .sms-day = Ihr Paket kommt voraussichtlich am { $day }:
    .whatsapp = Gute Nachricht von { $shop } zu { $order-of }: Das Paket kommt voraussichtlich an diesem Tag: { $day }. Über die Schaltfläche unten können Sie es verfolgen.
    .whatsapp-day = siehe unten
out_for_delivery =
    { $n ->
        [one] In Zustellung
       *[other] { $n } Pakete sind in Zustellung
    }
    .subject =
        { $n ->
            [one] Ihr Paket von { $shop } wird zugestellt
           *[other] Ihre { $n } Pakete von { $shop } werden zugestellt
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } hat es im Zustellfahrzeug.
           *[other] Sie sind im Zustellfahrzeug.
        }
    .say =
        { $n ->
            [one] { $carrier-start } hat Ihr Paket zur Zustellung geladen.
           *[other] { $n } Pakete { $order-of } wurden zur Zustellung geladen.
        }
    .nobody-home =
        { $n ->
            [one] Niemand zu Hause? { $carrier-start } legt es vielleicht an einem sicheren Ort ab, gibt es bei Nachbarn ab oder versucht es noch einmal.
           *[other] Niemand zu Hause? Der Paketdienst legt sie vielleicht an einem sicheren Ort ab, gibt sie bei Nachbarn ab oder versucht es noch einmal.
        }
    .sms =
        { $n ->
            [one] Ihr Paket wird heute zugestellt. Hier verfolgen:
           *[other] { $n } Pakete sind in Zustellung. Hier verfolgen:
        }
    .brief =
        { $n ->
            [one] In Zustellung:
           *[other] { $n } Pakete sind in Zustellung:
        }
    .whatsapp = Gute Nachricht von { $shop } zu { $order-of }. Jetzt in Zustellung: { $parcels }. Über die Schaltfläche unten können Sie den Weg verfolgen.
ready_for_pickup = Ihr Paket liegt zur Abholung bereit
    .subject = Ihr Paket von { $shop } liegt zur Abholung bereit
    .preheader = Wo es liegt und was Sie mitbringen.
    .say = { $carrier-start } meldet: { $status }.
    .then = Bringen Sie Ihre Sendungsnummer und einen Ausweis mit. Pakete, die zu lange liegen, gehen zurück.
    .sms = Ihr Paket liegt zur Abholung bereit. Wo und wie:
    .brief = Ihr Paket liegt zur Abholung bereit:
    .whatsapp = Gute Nachricht von { $shop } zu { $order-of }: Das Paket liegt zur Abholung bereit. Wo es liegt, erfahren Sie über die Schaltfläche unten.
pickup_reminder = Ihr Paket wartet noch auf Sie
    .subject = Ihr Paket von { $shop } wartet noch auf Sie
    .preheader = Bitte holen Sie es ab, bevor es zurückgeht.
    .say = Ihr Paket liegt noch zur Abholung bereit. { $carrier-start } schickt Pakete zurück, die zu lange liegen.
    .then = Bringen Sie Ihre Sendungsnummer und einen Ausweis mit. Wenn Sie nicht selbst kommen können, fragen Sie { $carrier-object }, wer das Paket für Sie abholen darf.
    .sms = Ihr Paket wartet noch. Bitte bald abholen, sonst geht es zurück:
    .brief = Ihr Paket wartet noch auf Sie:
    .whatsapp = Eine Erinnerung von { $shop } zu { $order-of }: Das Paket liegt noch zur Abholung bereit. Wo es liegt, erfahren Sie über die Schaltfläche unten.
delivered =
    { $n ->
        [one] Ihr Paket wurde zugestellt
       *[other] Ihre { $n } Pakete wurden zugestellt
    }
    .subject =
        { $n ->
            [one] Ihr Paket von { $shop } wurde zugestellt
           *[other] Ihre { $n } Pakete von { $shop } wurden zugestellt
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } meldet es als zugestellt. Was zu tun ist, wenn es nicht da ist.
           *[other] Sie sind als zugestellt gemeldet. Was zu tun ist, wenn eines fehlt.
        }
    .say =
        { $n ->
            [one] { $carrier-start } meldet, dass Ihr Paket angekommen ist.
           *[other] { $n } Pakete { $order-of } sind als zugestellt gemeldet.
        }
    .sms =
        { $n ->
            [one] Ihr Paket wurde zugestellt. Nicht da? Was zu tun ist:
           *[other] { $n } Pakete wurden zugestellt. Fehlt eines? Was zu tun ist:
        }
    .brief =
        { $n ->
            [one] Ihr Paket wurde zugestellt:
           *[other] Ihre { $n } Pakete wurden zugestellt:
        }
    .whatsapp = Gute Nachricht von { $shop } zu { $order-of }. Zugestellt: { $parcels }. Wenn etwas fehlt, erfahren Sie über die Schaltfläche unten, was zu tun ist.
delivered_to_neighbour = Ihr Paket ist bei Nachbarn
    .subject = Ihr Paket von { $shop } ist bei Nachbarn
    .preheader = { $carrier-start } hat es nebenan abgegeben. Was zu tun ist, wenn es nicht da ist.
    .say = { $carrier-start } meldet, dass Nachbarn Ihr Paket für Sie angenommen haben. Vielleicht liegt eine Karte da, auf der steht, wer.
    .sms = Ihr Paket ist bei Nachbarn. Nicht da? Was zu tun ist:
    .brief = Ihr Paket ist bei Nachbarn:
    .whatsapp = Gute Nachricht von { $shop } zu { $order-of }: Nachbarn haben das Paket für Sie angenommen. Wenn es nicht da ist, erfahren Sie über die Schaltfläche unten, was zu tun ist.
all_delivered = Alles ist angekommen
    .subject = Alles aus { $order-of } ist angekommen
    .preheader = Alle Pakete sind als zugestellt gemeldet. Was zu tun ist, wenn eines fehlt.
    .say =
        { $n ->
            [one] Das Paket { $order-of } von { $shop } ist als zugestellt gemeldet.
           *[other] Alle { $n } Pakete { $order-of } von { $shop } sind als zugestellt gemeldet.
        }
    .sms = Alles aus Ihrer Bestellung wurde zugestellt. Fehlt etwas?
    .brief = Alles wurde zugestellt:
    .whatsapp = Gute Nachricht von { $shop }: Alles aus { $order-of } wurde zugestellt. Wenn etwas fehlt, erfahren Sie über die Schaltfläche unten, was zu tun ist.

delivered-damaged = Es wurde unterwegs beschädigt
    .body = Bitte fotografieren Sie den Karton und den Inhalt, und { $contact }.
delivered-partial = Nur ein Teil davon wurde zugestellt
    .body = Wenn der Rest nicht innerhalb von zwei Werktagen folgt, { $contact }.
part-not-there = Ist es nicht da?
not-there-look = Schauen Sie an der Tür, im Briefkasten und dort nach, wo Pakete meist abgelegt werden; vielleicht liegt eine Karte da.
not-there-ask = Fragen Sie Nachbarn, den Empfang und alle, mit denen Sie zusammenwohnen.
not-there-wait = Warten Sie einen Werktag: Manche Paketdienste melden die Zustellung etwas zu früh.
not-there-contact = Immer noch nichts? Bitte { $contact }.
part-not-right = Stimmt etwas nicht?
return-offer = Eine Rücksendung können Sie auf der Seite Ihrer Bestellung anfragen, und zwar bis { $day }.
    .at-least = Eine Rücksendung können Sie auf der Seite Ihrer Bestellung anfragen, und zwar mindestens bis { $day }.
return-offer-but = Das gilt nicht für Artikel, die vom Umtausch ausgeschlossen sind.
part-in-parcel = In diesem Paket
part-parcel = Paket { $i } von { $n }
button-follow-parcel =
    { $n ->
        [one] Paket verfolgen
       *[other] Pakete verfolgen
    }
several-parcels =
    { $told ->
        [one] { $order-start } kommt in { $n } Paketen; hier geht es um eines davon.
       *[other] { $order-start } kommt in { $n } Paketen; hier geht es um { $told } davon.
    }
since-then = Das Neueste seither: { $status }, { $moment }.
nothing-to-do = Sie brauchen nichts zu tun.
parcels-counted =
    { $n ->
        [one] { $n } Paket
       *[other] { $n } Pakete
    }

new_day = Für Ihr Paket gibt es einen neuen Tag
    .earlier = Früherer Termin für Ihr Paket: { $day }
    .later = Neuer Termin für Ihr Paket: { $day }
    .another = { $carrier-start } hat für Ihr Paket einen anderen Tag genannt.
    .named = { $carrier-start } hat für Ihr Paket diesen Tag genannt: { $day }.
    .as-promised = { $carrier-start } nannte zuerst { $was } und nennt jetzt { $day }, wie vom Shop zugesagt.
    .now = Erwartet wurde Ihr Paket zuerst am { $was }; jetzt nennt { $carrier } { $day }.
    .now-because = Erwartet wurde Ihr Paket zuerst am { $was }; wegen { $cause } nennt { $carrier } jetzt { $day }.
    .now-unexplained = Erwartet wurde Ihr Paket zuerst am { $was }; jetzt nennt { $carrier } { $day }. Ein Grund ist nicht angegeben.
    .then-said = Erwartet wurde Ihr Paket zuerst am { $was }; dann nannte { $carrier } { $day }.
    .again = Seither hat sich der Tag noch einmal geändert: Erwartet wird Ihr Paket jetzt am { $day }.
    .sms = { $headline }. Mehr:
    .brief = Ihr Paket hat einen neuen Tag:
    .whatsapp = Nachricht von { $shop } zu { $order-of }: { $headline }. Mehr dazu finden Sie über die Schaltfläche unten.
problem_solved = Es gibt Neues zu Ihrem Paket
    .reports = { $carrier-start } meldet: { $status }.
    .delivered-after-all = Ihr Paket wurde doch zugestellt
    .delivered-after-all-how = { $carrier-start } hatte die Meldung der Zustellung zurückgenommen. Jetzt ist das Paket wieder als zugestellt gemeldet.
    .arrived = Ihr Paket ist angekommen
    .arrived-how = { $carrier-start } meldet, dass Ihr Paket zugestellt wurde.
    .collect = Ihr Paket liegt zur Abholung bereit
    .moving = Ihr Paket bewegt sich wieder
    .moving-lost = Es sah aus, als wäre es verloren. Jetzt hat { $carrier } es wieder gescannt, und es ist auf dem Weg zu Ihnen.
    .moving-stalled = { $carrier-start } hatte es einige Tage nicht gescannt. Jetzt schon, und das Paket ist auf dem Weg zu Ihnen.
    .late-day = Ihr verspätetes Paket hat einen neuen Tag
    .late-day-how = Es kam nicht an dem Tag, an dem es erwartet wurde. Es ist auf dem Weg zu Ihnen, und { $carrier } hat einen neuen Tag genannt.
    .late = Ihr verspätetes Paket ist unterwegs
    .late-how = Es kam nicht an dem Tag, an dem es erwartet wurde. Es ist auf dem Weg zu Ihnen.
    .not-there = Ist es nicht da? Schauen Sie zuerst an der Tür nach und fragen Sie die Nachbarn; dann { $contact }.
    .no-day = { $carrier-start } hat nicht gesagt, an welchem Tag es jetzt kommt. Sie brauchen nichts zu tun.
    .take-along = Bringen Sie Ihre Sendungsnummer mit.
    .sms = { $headline }. Mehr:
    .brief = Es gibt Neues zu Ihrem Paket:
    .whatsapp = Nachricht von { $shop } zu { $order-of }: { $headline }. Mehr dazu finden Sie über die Schaltfläche unten.
