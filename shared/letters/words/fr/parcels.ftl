# Les lettres sur les colis en route. $n : de combien de colis parle ce message.

label_made =
    { $n ->
        [one] Votre colis est prêt pour le transporteur
       *[other] Vos { $n } colis sont prêts pour le transporteur
    }
    .subject =
        { $n ->
            [one] Votre colis de { $shop } est prêt pour le transporteur
           *[other] Vos { $n } colis de { $shop } sont prêts pour le transporteur
        }
    .preheader = L'étiquette est créée. Le transporteur passe ensuite.
    .say =
        { $n ->
            [one] { $shop } a créé l'étiquette de votre colis. Ensuite, { $carrier } vient le chercher.
           *[other] { $shop } a créé les étiquettes de { $n } colis de { $order }. On vient ensuite les chercher.
        }
    .sms =
        { $n ->
            [one] votre colis a son étiquette et attend le transporteur :
           *[other] { $n } colis ont leur étiquette et attendent le transporteur :
        }
    .brief =
        { $n ->
            [one] votre colis a son étiquette :
           *[other] vos { $n } colis ont leur étiquette :
        }
    .whatsapp = Bonne nouvelle de { $shop } au sujet de { $order }. Prêt pour le transporteur : { $parcels }. Vous pouvez suivre le trajet avec le bouton ci-dessous.
shipped =
    { $n ->
        [one] Votre colis est en route
       *[other] Vos { $n } colis sont en route
    }
    .subject =
        { $n ->
            [one] Votre colis de { $shop } est en route
           *[other] Vos { $n } colis de { $shop } sont en route
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } l'a pris en charge. Suivez-le sur sa page.
           *[other] Suivez-les tous sur une seule page.
        }
    .say =
        { $n ->
            [one] { $carrier-start } a votre colis, et il est en route vers vous.
           *[other] { $n } colis de { $order } ont été remis et sont en route vers vous.
        }
    .rest = Le reste de votre commande suit séparément. Nous vous écrirons quand il sera en route.
    .sms =
        { $n ->
            [one] votre colis est en route. Le suivre :
           *[other] { $n } colis sont en route. Les suivre :
        }
    .brief =
        { $n ->
            [one] votre colis est en route :
           *[other] { $n } colis sont en route :
        }
    .whatsapp = Bonne nouvelle de { $shop } au sujet de { $order }. En route vers vous : { $parcels }. Vous pouvez suivre le trajet avec le bouton ci-dessous.
arriving_soon = Votre colis devrait arriver bientôt
    .subject = Votre colis de { $shop } devrait arriver bientôt
    .subject-day = Votre colis de { $shop } devrait arriver le { $day }
    .heading-day = Votre colis devrait arriver le { $day }
    .preheader = C'est ce que prévoit { $carrier }.
    .say = Votre colis est en route et devrait arriver chez vous bientôt.
    .say-day = Votre colis est en route et devrait arriver chez vous le { $day }.
    .then = Si personne n'est là, { $carrier } propose peut-être un autre jour ou un point de retrait.
    .sms = votre colis devrait arriver bientôt. Le suivre :
    .brief = votre colis devrait arriver bientôt :
    .sms-day = votre colis devrait arriver le { $day } :
    .whatsapp = Bonne nouvelle de { $shop } au sujet de { $order } : le colis devrait arriver ce jour-là : { $day }. Vous pouvez le suivre avec le bouton ci-dessous.
    .whatsapp-day = voir ci-dessous
out_for_delivery =
    { $n ->
        [one] En cours de livraison
       *[other] { $n } colis sont en cours de livraison
    }
    .subject =
        { $n ->
            [one] Votre colis de { $shop } est en cours de livraison
           *[other] Vos { $n } colis de { $shop } sont en cours de livraison
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } l'a dans son véhicule.
           *[other] Ils sont dans le véhicule.
        }
    .say =
        { $n ->
            [one] { $carrier-start } a chargé votre colis pour la livraison.
           *[other] { $n } colis de { $order } ont été chargés pour la livraison.
        }
    .nobody-home =
        { $n ->
            [one] Personne à la maison ? { $carrier-start } le laissera peut-être en lieu sûr ou chez un voisin, ou repassera.
           *[other] Personne à la maison ? Le transporteur les laissera peut-être en lieu sûr ou chez un voisin, ou repassera.
        }
    .sms =
        { $n ->
            [one] votre colis est en cours de livraison. Le suivre :
           *[other] { $n } colis sont en cours de livraison. Les suivre :
        }
    .brief =
        { $n ->
            [one] en cours de livraison :
           *[other] { $n } colis sont en cours de livraison :
        }
    .whatsapp = Bonne nouvelle de { $shop } au sujet de { $order }. En cours de livraison : { $parcels }. Vous pouvez suivre le trajet avec le bouton ci-dessous.
ready_for_pickup = Votre colis est prêt à être retiré
    .subject = Votre colis de { $shop } est prêt à être retiré
    .preheader = Où il vous attend et ce qu'il faut apporter.
    .say = { $carrier-start } signale : { $status }.
    .then = Apportez votre numéro de suivi et une pièce d'identité. Les colis qui attendent trop longtemps sont renvoyés.
    .sms = vous pouvez retirer votre colis. Où et comment :
    .brief = vous pouvez retirer votre colis :
    .whatsapp = Bonne nouvelle de { $shop } au sujet de { $order } : le colis est prêt à être retiré. Le bouton ci-dessous indique où.
pickup_reminder = Votre colis vous attend toujours
    .subject = Votre colis de { $shop } vous attend toujours
    .preheader = Merci de le retirer avant qu'il ne soit renvoyé.
    .say = Votre colis attend toujours d'être retiré. { $carrier-start } renvoie les colis qui attendent trop longtemps.
    .then = Apportez votre numéro de suivi et une pièce d'identité. Si vous ne pouvez pas y aller, demandez { $carrier-to } qui peut le retirer pour vous.
    .sms = votre colis vous attend. À retirer avant son renvoi :
    .brief = votre colis vous attend toujours :
    .whatsapp = Un rappel de { $shop } au sujet de { $order } : le colis attend toujours d'être retiré. Le bouton ci-dessous indique où.
delivered =
    { $n ->
        [one] Votre colis a été livré
       *[other] Vos { $n } colis ont été livrés
    }
    .subject =
        { $n ->
            [one] Votre colis de { $shop } a été livré
           *[other] Vos { $n } colis de { $shop } ont été livrés
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } le signale comme livré. Que faire s'il n'est pas là.
           *[other] Ils sont signalés comme livrés. Que faire s'il en manque un.
        }
    .say =
        { $n ->
            [one] { $carrier-start } signale que votre colis est arrivé.
           *[other] { $n } colis de { $order } sont signalés comme livrés.
        }
    .sms =
        { $n ->
            [one] votre colis a été livré. Pas là ? Que faire :
           *[other] { $n } colis ont été livrés. Il en manque un ? Que faire :
        }
    .brief =
        { $n ->
            [one] votre colis a été livré :
           *[other] vos { $n } colis ont été livrés :
        }
    .whatsapp = Bonne nouvelle de { $shop } au sujet de { $order }. Livraison effectuée : { $parcels }. S'il manque quelque chose, le bouton ci-dessous dit que faire.
delivered_to_neighbour = Votre colis est chez un voisin
    .subject = Votre colis de { $shop } est chez un voisin
    .preheader = { $carrier-start } l'a laissé à côté de chez vous. Que faire s'il n'y est pas.
    .say = { $carrier-start } signale qu'un voisin a pris votre colis pour vous. Un avis vous indique peut-être lequel.
    .sms = un voisin a pris votre colis. Pas là ? Que faire :
    .brief = un voisin a pris votre colis :
    .whatsapp = Bonne nouvelle de { $shop } au sujet de { $order } : un voisin a pris le colis pour vous. S'il n'y est pas, le bouton ci-dessous dit que faire.
all_delivered = Tout est arrivé
    .subject = Tout est arrivé pour { $order }
    .preheader = Tous les colis sont signalés comme livrés. Que faire s'il en manque un.
    .say =
        { $n ->
            [one] Le colis de { $order } chez { $shop } est signalé comme livré.
           *[other] Les { $n } colis de { $order } chez { $shop } sont tous signalés comme livrés.
        }
    .sms = toute votre commande a été livrée. S'il manque un colis :
    .brief = tout a été livré :
    .whatsapp = Bonne nouvelle de { $shop } : tout ce que contenait { $order } a été livré. S'il manque quelque chose, le bouton ci-dessous dit que faire.

delivered-damaged = Il a été abîmé en route
    .body = Merci de photographier le carton et son contenu, puis { $contact }.
delivered-partial = Une partie seulement a été livrée
    .body = Si le reste n'arrive pas sous deux jours ouvrés, { $contact }.
part-not-there = Il n'est pas là ?
not-there-look = Regardez devant la porte, dans la boîte aux lettres et là où l'on dépose d'habitude les colis ; il y a peut-être un avis.
not-there-ask = Demandez aux voisins, à l'accueil et aux personnes qui vivent avec vous.
not-there-wait = Attendez un jour ouvré : certains transporteurs signalent la livraison un peu trop tôt.
not-there-contact = Toujours rien ? { $contact-start }.
part-not-right = Quelque chose ne va pas ?
return-offer = Vous pouvez demander un retour sur la page de votre commande jusqu'au { $day }.
    .at-least = Vous pouvez demander un retour sur la page de votre commande au moins jusqu'au { $day }.
return-offer-but = Cela ne vaut pas pour les articles ni repris ni échangés.
part-in-parcel = Dans ce colis
part-parcel = Colis { $i } sur { $n }
button-follow-parcel =
    { $n ->
        [one] Suivre votre colis
       *[other] Suivre vos colis
    }
several-parcels =
    { $told ->
        [one] { $order-start } arrive en { $n } colis ; ce message parle de l'un d'eux.
       *[other] { $order-start } arrive en { $n } colis ; ce message parle de { $told } d'entre eux.
    }
since-then = Dernières nouvelles depuis : { $status }, { $moment }.
nothing-to-do = Vous n'avez rien à faire.
parcels-counted =
    { $n ->
        [one] { $n } colis
       *[other] { $n } colis
    }

new_day = Votre colis a une nouvelle date prévue
    .earlier = Votre colis est prévu plus tôt, le { $day }
    .later = Votre colis est maintenant prévu le { $day }
    .another = { $carrier-start } a donné un autre jour pour votre colis.
    .named = { $carrier-start } a donné ce jour pour votre colis : { $day }.
    .as-promised = { $carrier-start } avait d'abord dit { $was } et dit maintenant { $day }, comme promis par la boutique.
    .now = Votre colis était d'abord prévu le { $was } ; { $carrier } annonce maintenant le { $day }.
    .now-because = Votre colis était d'abord prévu le { $was } ; { $carrier } annonce maintenant le { $day }. La cause : { $cause }.
    .now-unexplained = Votre colis était d'abord prévu le { $was } ; { $carrier } annonce maintenant le { $day }, sans dire pourquoi.
    .then-said = Votre colis était d'abord prévu le { $was } ; { $carrier } a ensuite annoncé le { $day }.
    .again = Depuis, le jour a encore changé : votre colis est maintenant prévu le { $day }.
    .sms = { $headline }. Détails :
    .brief = votre colis a une nouvelle date :
    .whatsapp = Des nouvelles de { $shop } au sujet de { $order } : { $headline }. Le bouton ci-dessous en dit plus.
problem_solved = Il y a du nouveau pour votre colis
    .reports = { $carrier-start } signale : { $status }.
    .delivered-after-all = Votre colis a finalement été livré
    .delivered-after-all-how = { $carrier-start } avait retiré l'annonce de la livraison. Le colis est maintenant de nouveau signalé comme livré.
    .arrived = Votre colis est arrivé
    .arrived-how = { $carrier-start } signale que votre colis a été livré.
    .collect = Votre colis est prêt à être retiré
    .moving = Votre colis avance de nouveau
    .moving-lost = Il semblait perdu. { $carrier-start } vient de le scanner de nouveau, et il est en route vers vous.
    .moving-stalled = { $carrier-start } ne l'avait pas scanné depuis quelques jours. C'est maintenant chose faite, et le colis est en route vers vous.
    .late-day = Votre colis en retard a une nouvelle date prévue
    .late-day-how = Il n'est pas arrivé le jour prévu. Il est en route vers vous, et { $carrier } a donné un nouveau jour.
    .late = Votre colis en retard est en route
    .late-how = Il n'est pas arrivé le jour prévu. Il est en route vers vous.
    .not-there = Il n'est pas là ? Regardez d'abord devant la porte et demandez aux voisins, puis { $contact }.
    .no-day = { $carrier-start } n'a pas dit quel jour il arrive maintenant. Vous n'avez rien à faire.
    .take-along = Apportez votre numéro de suivi.
    .sms = { $headline }. Détails :
    .brief = il y a du nouveau pour votre colis :
    .whatsapp = Des nouvelles de { $shop } au sujet de { $order } : { $headline }. Le bouton ci-dessous en dit plus.
