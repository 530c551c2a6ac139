# Cartas sobre paquetes en camino. $n: de cuántos paquetes habla este mensaje.

label_made =
    { $n ->
        [one] Su paquete está listo para el transportista
       *[other] Sus { $n } paquetes están listos para el transportista
    }
    .subject =
        { $n ->
            [one] Su paquete de { $shop } está listo para el transportista
           *[other] Sus { $n } paquetes de { $shop } están listos para el transportista
        }
    .preheader = La etiqueta está creada. Ahora lo recoge el transportista.
    .say =
        { $n ->
            [one] { $shop } ha creado la etiqueta de su paquete. Ahora lo recoge { $carrier }.
           *[other] { $shop } ha creado las etiquetas de { $n } paquetes de { $order }. Ahora se recogen.
        }
    .sms =
        { $n ->
            [one] su paquete tiene etiqueta y espera al transportista:
           *[other] { $n } paquetes tienen etiqueta y esperan al transportista:
        }
    .brief =
        { $n ->
            [one] su paquete tiene su etiqueta:
           *[other] sus { $n } paquetes tienen su etiqueta:
        }
    .whatsapp = Buenas noticias de { $shop } sobre { $order }. Listo para el transportista: { $parcels }. Puede seguir el envío con el botón de abajo.
shipped =
    { $n ->
        [one] Su paquete está en camino
       *[other] Sus { $n } paquetes están en camino
    }
    .subject =
        { $n ->
            [one] Su paquete de { $shop } está en camino
           *[other] Sus { $n } paquetes de { $shop } están en camino
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } ya lo tiene. Sígalo en su página.
           *[other] Sígalos todos en una sola página.
        }
    .say =
        { $n ->
            [one] { $carrier-start } tiene su paquete, y va de camino hacia usted.
           *[other] { $n } paquetes de { $order } se han entregado al transporte y van de camino hacia usted.
        }
    .rest = El resto de su pedido llega por separado. Le escribiremos cuando esté en camino.
    .sms =
        { $n ->
            [one] su paquete está en camino. Sígalo aquí:
           *[other] { $n } paquetes están en camino. Sígalos aquí:
        }
    .brief =
        { $n ->
            [one] su paquete está en camino:
           *[other] { $n } paquetes están en camino:
        }
    .whatsapp = Buenas noticias de { $shop } sobre { $order }. En camino hacia usted: { $parcels }. Puede seguir el envío con el botón de abajo.
arriving_soon = Su paquete debería llegar pronto
    .subject = Su paquete de { $shop } debería llegar pronto
    .subject-day = Su paquete de { $shop } debería llegar el { $day }
    .heading-day = Su paquete debería llegar el { $day }
    .preheader = Es lo que prevé { $carrier }.
    .say = Su paquete está en camino y debería llegarle pronto.
    .say-day = Su paquete está en camino y debería llegarle el { $day }.
    .then = Si no va a haber nadie, quizá { $carrier } ofrezca otro día o un punto de recogida.
    .sms = su paquete debería llegar pronto. Sígalo aquí:
    .brief = su paquete debería llegar pronto:
    .sms-day = su paquete debería llegar el { $day }:
    .whatsapp = Buenas noticias de { $shop } sobre { $order }: el paquete debería llegar este día: { $day }. Puede seguirlo con el botón de abajo.
    .whatsapp-day = véase abajo
out_for_delivery =
    { $n ->
        [one] En reparto
       *[other] { $n } paquetes están en reparto
    }
    .subject =
        { $n ->
            [one] Su paquete de { $shop } está en reparto
           *[other] Sus { $n } paquetes de { $shop } están en reparto
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } lo lleva en el vehículo.
           *[other] Van en el vehículo.
        }
    .say =
        { $n ->
            [one] { $carrier-start } ha cargado su paquete para entregarlo.
           *[other] { $n } paquetes de { $order } se han cargado para su entrega.
        }
    .nobody-home =
        { $n ->
            [one] ¿No habrá nadie en casa? Quizá { $carrier } lo deje en un lugar seguro o a un vecino, o lo intente otra vez.
           *[other] ¿No habrá nadie en casa? Quizá el transportista los deje en un lugar seguro o a un vecino, o lo intente otra vez.
        }
    .sms =
        { $n ->
            [one] su paquete está en reparto. Sígalo aquí:
           *[other] { $n } paquetes están en reparto. Sígalos aquí:
        }
    .brief =
        { $n ->
            [one] en reparto:
           *[other] { $n } paquetes están en reparto:
        }
    .whatsapp = Buenas noticias de { $shop } sobre { $order }. En reparto ahora: { $parcels }. Puede seguir el envío con el botón de abajo.
ready_for_pickup = Su paquete está listo para recoger
    .subject = Su paquete de { $shop } está listo para recoger
    .preheader = Dónde le espera y qué debe llevar.
    .say = { $carrier-start } informa: { $status }.
    .then = Lleve su número de seguimiento y un documento de identidad. Los paquetes que esperan demasiado se devuelven.
    .sms = su paquete está listo para recoger. Dónde y cómo:
    .brief = su paquete está listo para recoger:
    .whatsapp = Buenas noticias de { $shop } sobre { $order }: el paquete está listo para recoger. El botón de abajo indica dónde.
pickup_reminder = Su paquete sigue esperándole
    .subject = Su paquete de { $shop } sigue esperándole
    .preheader = Recójalo antes de que se devuelva.
    .say = Su paquete sigue esperando a que lo recoja. { $carrier-start } devuelve los paquetes que esperan demasiado.
    .then = Lleve su número de seguimiento y un documento de identidad. Si no puede ir, pregunte { $carrier-to } quién puede recogerlo por usted.
    .sms = su paquete sigue esperando. Recójalo antes de su devolución:
    .brief = su paquete sigue esperándole:
    .whatsapp = Un recordatorio de { $shop } sobre { $order }: el paquete sigue esperando a que lo recoja. El botón de abajo indica dónde.
delivered =
    { $n ->
        [one] Su paquete se ha entregado
       *[other] Sus { $n } paquetes se han entregado
    }
    .subject =
        { $n ->
            [one] Su paquete de { $shop } se ha entregado
           *[other] Sus { $n } paquetes de { $shop } se han entregado
        }
    .preheader =
        { $n ->
            [one] { $carrier-start } lo da por entregado. Qué hacer si no está.
           *[other] Constan como entregados. Qué hacer si falta alguno.
        }
    .say =
        { $n ->
            [one] { $carrier-start } informa de que su paquete ha llegado.
           *[other] { $n } paquetes de { $order } constan como entregados.
        }
    .sms =
        { $n ->
            [one] su paquete se ha entregado. ¿No está? Qué hacer:
           *[other] { $n } paquetes se han entregado. ¿Falta alguno? Qué hacer:
        }
    .brief =
        { $n ->
            [one] su paquete se ha entregado:
           *[other] sus { $n } paquetes se han entregado:
        }
    .whatsapp = Buenas noticias de { $shop } sobre { $order }. Entregado: { $parcels }. Si falta algo, el botón de abajo dice qué hacer.
delivered_to_neighbour = Su paquete está con un vecino
    .subject = Su paquete de { $shop } está con un vecino
    .preheader = { $carrier-start } lo dejó al lado. Qué hacer si no está.
    .say = { $carrier-start } informa de que un vecino recogió su paquete por usted. Quizá haya un aviso que diga cuál.
    .sms = un vecino tiene su paquete. ¿No está? Qué hacer:
    .brief = un vecino tiene su paquete:
    .whatsapp = Buenas noticias de { $shop } sobre { $order }: un vecino recogió el paquete por usted. Si no lo tiene, el botón de abajo dice qué hacer.
all_delivered = Ha llegado todo
    .subject = Ha llegado todo lo de { $order }
    .preheader = Todos los paquetes constan como entregados. Qué hacer si falta alguno.
    .say =
        { $n ->
            [one] El paquete de { $order } de { $shop } consta como entregado.
           *[other] Los { $n } paquetes de { $order } de { $shop } constan como entregados.
        }
    .sms = se ha entregado todo su pedido. ¿Falta algo? Qué hacer:
    .brief = se ha entregado todo:
    .whatsapp = Buenas noticias de { $shop }: se ha entregado todo lo de { $order }. Si falta algo, el botón de abajo dice qué hacer.

delivered-damaged = Se dañó en el camino
    .body = Fotografíe la caja y el contenido y { $contact }.
delivered-partial = Solo se ha entregado una parte
    .body = Si el resto no llega en dos días laborables, { $contact }.
part-not-there = ¿No está?
not-there-look = Mire en la puerta, en el buzón y donde suelen dejar los paquetes; quizá haya un aviso.
not-there-ask = Pregunte a los vecinos, en la recepción y a las personas que viven con usted.
not-there-wait = Espere un día laborable: algunos transportistas notifican la entrega un poco antes.
not-there-contact = ¿Sigue sin aparecer? { $contact-start }.
part-not-right = ¿Algo no está bien?
return-offer = Puede solicitar una devolución en la página de su pedido hasta el { $day }.
    .at-least = Puede solicitar una devolución en la página de su pedido al menos hasta el { $day }.
return-offer-but = Esto no vale para los artículos sin devolución.
part-in-parcel = En este paquete
part-parcel = Paquete { $i } de { $n }
button-follow-parcel =
    { $n ->
        [one] Seguir su paquete
       *[other] Seguir sus paquetes
    }
several-parcels =
    { $told ->
        [one] { $order-start } llega en { $n } paquetes; este mensaje trata de uno de ellos.
       *[other] { $order-start } llega en { $n } paquetes; este mensaje trata de { $told } de ellos.
    }
since-then = Lo más reciente desde entonces: { $status }, { $moment }.
nothing-to-do = No tiene que hacer nada.
parcels-counted =
    { $n ->
        [one] { $n } paquete
       *[other] { $n } paquetes
    }

new_day = Su paquete tiene un nuevo día previsto
    .earlier = Su paquete llegará antes, el { $day }
    .later = Su paquete se espera ahora el { $day }
    .another = { $carrier-start } ha dado otro día para su paquete.
    .named = { $carrier-start } ha dado este día para su paquete: { $day }.
    .as-promised = { $carrier-start } dijo primero { $was } y ahora dice { $day }, como prometió la tienda.
    .now = Al principio su paquete se esperaba el { $was }; ahora { $carrier } dice el { $day }.
    .now-because = Al principio su paquete se esperaba el { $was }; ahora { $carrier } dice el { $day }. El motivo: { $cause }.
    .now-unexplained = Al principio su paquete se esperaba el { $was }; ahora { $carrier } dice el { $day }, sin decir por qué.
    .then-said = Al principio su paquete se esperaba el { $was }; después { $carrier } dijo el { $day }.
    .again = Desde entonces el día ha vuelto a cambiar: su paquete se espera ahora el { $day }.
    .sms = { $headline }. Detalles:
    .brief = su paquete tiene un nuevo día:
    .whatsapp = Noticias de { $shop } sobre { $order }: { $headline }. El botón de abajo dice más.
problem_solved = Hay novedades de su paquete
    .reports = { $carrier-start } informa: { $status }.
    .delivered-after-all = Su paquete se entregó finalmente
    .delivered-after-all-how = { $carrier-start } había retirado el aviso de entrega. Ahora el paquete vuelve a constar como entregado.
    .arrived = Su paquete ha llegado
    .arrived-how = { $carrier-start } informa de que su paquete se ha entregado.
    .collect = Su paquete está listo para recoger
    .moving = Su paquete vuelve a moverse
    .moving-lost = Parecía perdido. Ahora { $carrier } lo ha escaneado de nuevo y va de camino hacia usted.
    .moving-stalled = { $carrier-start } llevaba unos días sin escanearlo. Ahora lo ha hecho, y el paquete va de camino hacia usted.
    .late-day = Su paquete retrasado tiene un nuevo día previsto
    .late-day-how = No llegó el día previsto. Va de camino hacia usted, y { $carrier } ha dado un nuevo día.
    .late = Su paquete retrasado está en camino
    .late-how = No llegó el día previsto. Va de camino hacia usted.
    .not-there = ¿No está? Mire primero en la puerta y pregunte a los vecinos; después, { $contact }.
    .no-day = { $carrier-start } no ha dicho qué día llega ahora. No tiene que hacer nada.
    .take-along = Lleve su número de seguimiento.
    .sms = { $headline }. Detalles:
    .brief = hay novedades de su paquete:
    .whatsapp = Noticias de { $shop } sobre { $order }: { $headline }. El botón de abajo dice más.
