//! The forms by which a person answers a return, or says that a customer's answer was seen to.

use crate::nonce::Nonces;
use domain::{
    id::{OrderId, ReturnId},
    return_::Answer,
};
use lambda_http::http::{HeaderMap, header};
use windows::form::{self, FORM_BYTES_MAX};

/// The longest reason, as letters show it.
pub const WHY_CHARS_MAX: usize = 1000;

/// A form that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerForm {
    /// Of which order.
    pub order: OrderId,
    /// Which return.
    pub return_: ReturnId,
    /// What the person says.
    pub answer: Answer,
}

/// Why a form does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormProblem {
    /// The body is no form.
    NotAForm,
    /// It was not made by a page of ours for this return, or too long ago.
    Foreign,
    /// Neither yes nor no.
    NoAnswer,
    /// A no without a reason.
    NoReason,
    /// A reason longer than [`WHY_CHARS_MAX`].
    ReasonTooLong,
}

impl AnswerForm {
    /// Reads a form.
    ///
    /// # Errors
    /// See [`FormProblem`].
    pub fn read(headers: &HeaderMap, body: &[u8], nonces: &Nonces) -> Result<Self, FormProblem> {
        if !is_form(headers, body) {
            return Err(FormProblem::NotAForm);
        }
        let value = |name: &str| form::value(body, name).unwrap_or_default();
        let (Ok(order), Ok(return_)) = (value("order").parse::<OrderId>(), value("return").parse::<ReturnId>()) else {
            return Err(FormProblem::Foreign);
        };
        if !nonces.recognise(&order, &return_, &value("nonce")) {
            return Err(FormProblem::Foreign);
        }
        let answer = match value("answer").as_ref() {
            "approve" => Answer::Approve,
            "decline" => Answer::Decline { why: reason(&value("why"))? },
            _ => return Err(FormProblem::NoAnswer),
        };
        Ok(Self { order, return_, answer })
    }
}

fn is_form(headers: &HeaderMap, body: &[u8]) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") && body.len() <= FORM_BYTES_MAX
}

/// A form that says that a customer's answer was seen to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneForm {
    /// Of which order.
    pub order: OrderId,
    /// Which answer.
    pub answer: ReturnId,
}

impl DoneForm {
    /// Reads a form.
    ///
    /// # Errors
    /// [`FormProblem::NotAForm`] and [`FormProblem::Foreign`].
    pub fn read(headers: &HeaderMap, body: &[u8], nonces: &Nonces) -> Result<Self, FormProblem> {
        if !is_form(headers, body) {
            return Err(FormProblem::NotAForm);
        }
        let value = |name: &str| form::value(body, name).unwrap_or_default();
        match (value("order").parse::<OrderId>(), value("answer").parse::<ReturnId>()) {
            (Ok(order), Ok(answer)) if nonces.recognise_answer(&order, &answer, &value("nonce")) => Ok(Self { order, answer }),
            _ => Err(FormProblem::Foreign),
        }
    }
}

/// The reason without what a browser adds: line breaks of one kind, no space around it.
fn reason(text: &str) -> Result<String, FormProblem> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if !text.chars().any(char::is_alphanumeric) {
        return Err(FormProblem::NoReason);
    }
    if text.chars().count() > WHY_CHARS_MAX { Err(FormProblem::ReasonTooLong) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::link::LinkKey;
    use lambda_http::http::HeaderValue;

    fn nonces() -> Nonces {
        Nonces::new(&[LinkKey { id: 1, secret: vec![1; 32] }], "demo".parse().unwrap(), "2026-11-21T10:00:00Z".parse().unwrap())
    }

    fn order() -> OrderId {
        OrderId::of(&"demo".parse().unwrap(), "standard", "1")
    }

    fn read(fields: &[(&str, &str)], content_type: &'static str) -> Result<AnswerForm, FormProblem> {
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))].into_iter().collect();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        AnswerForm::read(&headers, body.as_bytes(), &nonces())
    }

    #[track_caller]
    fn check(answer: &str, why: &str, want: &Result<Answer, FormProblem>) {
        let (order, nonce) = (order(), nonces().of(&order(), &"abcd1234".parse().unwrap()));
        let fields = [("order", order.as_str()), ("return", "abcd1234"), ("nonce", &nonce), ("answer", answer), ("why", why)];
        assert_eq!(read(&fields, "application/x-www-form-urlencoded;charset=UTF-8").map(|form| form.answer), *want);
    }

    #[test]
    fn a_no_has_a_reason() {
        check("approve", "", &Ok(Answer::Approve));
        check("decline", " It was worn.\r\nSorry. ", &Ok(Answer::Decline { why: "It was worn.\nSorry.".to_owned() }));
        check("decline", "", &Err(FormProblem::NoReason));
        check("decline", " \r\n … ", &Err(FormProblem::NoReason));
        check("decline", &"ä".repeat(WHY_CHARS_MAX), &Ok(Answer::Decline { why: "ä".repeat(WHY_CHARS_MAX) }));
        check("decline", &"x".repeat(WHY_CHARS_MAX + 1), &Err(FormProblem::ReasonTooLong));
        check("", "", &Err(FormProblem::NoAnswer));
        check("Approve", "", &Err(FormProblem::NoAnswer));
    }

    #[test]
    fn a_form_of_another_page_is_foreign() {
        let (order, nonce) = (order(), nonces().of(&order(), &"abcd1234".parse().unwrap()));
        let other = OrderId::of(&"demo".parse().unwrap(), "standard", "2");
        let form = "application/x-www-form-urlencoded";
        for fields in [
            [("order", other.as_str()), ("return", "abcd1234"), ("nonce", &nonce), ("answer", "approve")],
            [("order", order.as_str()), ("return", "abcd1235"), ("nonce", &nonce), ("answer", "approve")],
            [("order", order.as_str()), ("return", "abcd1234"), ("nonce", ""), ("answer", "approve")],
            [("order", "x"), ("return", "abcd1234"), ("nonce", &nonce), ("answer", "approve")],
        ] {
            assert_eq!(read(&fields, form), Err(FormProblem::Foreign), "{fields:?}");
        }
        assert_eq!(read(&[], form), Err(FormProblem::Foreign));
        assert_eq!(read(&[], "text/plain"), Err(FormProblem::NotAForm));
        assert_eq!(read(&[], "multipart/form-data; boundary=x"), Err(FormProblem::NotAForm));
    }
}
