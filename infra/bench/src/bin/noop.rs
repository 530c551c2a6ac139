//! A function that does nothing: the floor of every start, built exactly as the others are.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let answer =
        |_: lambda_http::Request| async { Ok::<_, lambda_http::Error>(lambda_http::Response::new(lambda_http::Body::Empty)) };
    lambda_http::run(lambda_http::service_fn(answer)).await
}
