# Cartas después de la entrega: solo con consentimiento y solo por correo.

thank_you = Gracias
    .subject = Gracias por su pedido en { $shop }
    .preheader = Esperamos que lo disfrute. Todo lo relativo al pedido sigue en su página.
    .say = Gracias por comprar en { $shop }. Esperamos que disfrute de { $order }.
    .then = Todo lo relativo al pedido sigue en su página. Si algo no está bien, { $contact }.
rating_request = ¿Qué tal fue la entrega?
    .subject = ¿Qué tal fue la entrega de { $order }?
    .preheader = Una respuesta breve ayuda a la tienda a mejorar.
    .say = La entrega de { $order } de { $shop } ha terminado. ¿Fue como usted esperaba?
    .then = Dígaselo a { $shop } en una frase: { $contact }. Si algo salió mal, la tienda puede arreglarlo.
review_request = ¿Qué le parece?
    .subject = ¿Qué le parece su pedido de { $shop }?
    .preheader = Su opinión ayuda a otras personas que piensan comprar lo mismo.
    .say = Hace algún tiempo que tiene { $order } de { $shop }. ¿Quiere decir qué le parece lo que compró?
    .then = Su opinión sincera ayuda a otras personas, sea buena o mala.
replenishment = ¿Necesita más?
    .subject = ¿Se le está acabando su pedido de { $shop }?
    .preheader = Lo que compró, para pedirlo otra vez.
    .say = Parte de lo que traía { $order } quizá se acabe pronto. Esto es lo que compró en { $shop }.
    .then = Si todavía tiene suficiente, no tiene que hacer nada.
part-bought = Lo que compró
