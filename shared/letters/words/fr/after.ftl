# Les lettres après la livraison : avec consentement et par e-mail seulement.

thank_you = Merci
    .subject = Merci pour votre commande chez { $shop }
    .preheader = Nous espérons qu'elle vous plaît. Tout ce qui la concerne reste sur sa page.
    .say = Merci pour votre achat chez { $shop }. Nous espérons que { $order } vous donne satisfaction.
    .then = Tout ce qui concerne la commande reste sur sa page. Si quelque chose ne va pas, { $contact }.
rating_request = Comment s'est passée la livraison ?
    .subject = Comment s'est passée la livraison de { $order } ?
    .preheader = Une réponse courte aide la boutique à s'améliorer.
    .say = La livraison de { $order } par { $shop } est terminée. S'est-elle passée comme vous l'attendiez ?
    .then = Dites-le à { $shop } en une phrase : { $contact }. Si quelque chose s'est mal passé, la boutique peut y remédier.
review_request = Qu'en pensez-vous ?
    .subject = Que pensez-vous de votre commande chez { $shop } ?
    .preheader = Votre avis aide les personnes qui pensent acheter la même chose.
    .say = Vous avez reçu { $order } de { $shop } il y a quelque temps. Voulez-vous dire ce que vous pensez de votre achat ?
    .then = Votre avis sincère aide les autres, qu'il soit bon ou mauvais.
replenishment = Besoin d'en reprendre ?
    .subject = Votre commande chez { $shop } est-elle bientôt finie ?
    .preheader = Ce que vous avez acheté, pour le commander à nouveau.
    .say = Une partie de ce que contenait { $order } est peut-être bientôt finie. Voici ce que vous avez acheté chez { $shop }.
    .then = S'il vous en reste assez, vous n'avez rien à faire.
part-bought = Ce que vous avez acheté
