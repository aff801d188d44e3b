//! Each way from a page to the next, and where it ends.

use super::*;
use http::Method;
use serde_json::json;

fn way(way: PageWay) -> Pagination {
    Pagination { way, size_param: None, items: Some(vec!["items".to_owned()]) }
}

fn path(text: &str) -> Vec<String> {
    text.split('.').map(str::to_owned).collect()
}

fn request(url: &str) -> Request {
    let url = Url::parse(url).unwrap();
    Request { method: Method::GET, url, headers: Vec::new(), body: Body::Empty }
}

fn answer(headers: &[(&str, &str)], value: &Value) -> Answer {
    let json = ("content-type".to_owned(), "application/json".to_owned());
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Answer::new(200, headers.chain([json]).collect(), value.to_string().as_bytes())
}

/// The query or path of the next page.
fn next_of(pagination: &Pagination, url: &str, value: &Value) -> Option<String> {
    let answer = answer(&[], value);
    let items = items(pagination.items.as_deref(), &answer.value).unwrap();
    let next = next(pagination, &request(url), &answer, items).unwrap()?;
    Some(next.url.as_str().strip_prefix("https://a.test").unwrap().to_owned())
}

#[test]
fn the_link_header_names_the_next_page() {
    let pagination = way(PageWay::LinkHeader);
    let next = |link: &str| {
        let answer = answer(&[("link", link)], &json!({"items": [1]}));
        let next = next(&pagination, &request("https://a.test/l?page=1"), &answer, &[json!(1)]);
        next.unwrap().map(|next| next.url.to_string())
    };
    let second = Some("https://a.test/l?page=2".to_owned());
    assert_eq!(next(r#"<https://a.test/l?page=2>; rel="next""#), second);
    assert_eq!(next(r#"</l?page=9>; rel="last", </l?page=2>; title="a, b"; rel="x next""#), second);
    assert_eq!(next("</l?page=2>;REL=next"), second);
    assert_eq!(next(r#"<https://a.test/l?page=1>; rel="prev""#), None);
    assert_eq!(next("nothing of the kind"), None);
}

#[test]
fn an_answer_names_the_address_of_the_next_page() {
    let pagination = way(PageWay::NextUrl { from: path("@odata.nextLink") });
    let url = "https://a.test/v1/l";
    let of = |next: Value| json!({"items": [1], "@odata.nextLink": next});
    assert_eq!(next_of(&pagination, url, &of(json!("/v1/l?p=2"))), Some("/v1/l?p=2".to_owned()));
    for end in [json!(null), json!(""), json!(false)] {
        assert_eq!(next_of(&pagination, url, &of(end)), None);
    }
    let wrong = answer(&[], &of(json!(7)));
    assert!(matches!(
        next(&pagination, &request(url), &wrong, &[]),
        Err(PagesError::NoPage(from)) if from == "@odata.nextLink"
    ));
    let again = answer(&[], &of(json!(url)));
    assert!(matches!(next(&pagination, &request(url), &again, &[]), Err(PagesError::Loop)));
}

#[test]
fn a_cursor_is_sent_back() {
    let url = "https://a.test/l?limit=2&after=a";
    let named = way(PageWay::Cursor { from: Some(path("paging.next")), param: "after".to_owned() });
    let of = |next: Value| json!({"items": [{"id": 5}], "paging": {"next": next}});
    let next = |value: Value| next_of(&named, url, &of(value));
    assert_eq!(next(json!("b=")), Some("/l?limit=2&after=b%3D".to_owned()));
    assert_eq!(next(json!(3)), Some("/l?limit=2&after=3".to_owned()));
    // "There is more" leaves the last item to go on behind.
    assert_eq!(next(json!(true)), Some("/l?limit=2&after=5".to_owned()));
    assert_eq!(next(json!(false)), None);
    assert_eq!(next_of(&named, url, &json!({"items": []})), None);
    let last = way(PageWay::Cursor { from: None, param: "after".to_owned() });
    let page = json!({"items": [{"id": 1}, {"id": 2, "after": "x"}]});
    assert_eq!(next_of(&last, url, &page), Some("/l?limit=2&after=x".to_owned()));
    assert_eq!(next_of(&last, url, &json!({"items": []})), None);
}

#[test]
fn offsets_and_pages_are_counted_until_the_end_is_said_or_nothing_comes() {
    let offset = |from: Option<&str>, first| {
        way(PageWay::Offset { from: from.map(path), param: "start".to_owned(), first })
    };
    let url = "https://a.test/l?start=2";
    let two = |more: Value| json!({"items": [1, 2], "more": more});
    assert_eq!(next_of(&offset(None, 0), url, &two(json!(0))), Some("/l?start=4".to_owned()));
    assert_eq!(next_of(&offset(None, 0), url, &json!({"items": []})), None);
    let more = offset(Some("more"), 0);
    assert_eq!(next_of(&more, url, &two(json!(true))), Some("/l?start=4".to_owned()));
    assert_eq!(next_of(&more, url, &two(json!(false))), None);
    assert_eq!(next_of(&more, url, &two(json!(5))), Some("/l?start=4".to_owned()));
    assert_eq!(next_of(&more, url, &two(json!(4))), None);
    assert_eq!(
        next_of(&offset(None, 1), "https://a.test/l", &two(json!(0))),
        Some("/l?start=3".to_owned())
    );
    let page = |from: Option<&str>, first| {
        way(PageWay::Page { from: from.map(path), param: "page".to_owned(), first })
    };
    let url = "https://a.test/l";
    assert_eq!(next_of(&page(None, 1), url, &two(json!(0))), Some("/l?page=2".to_owned()));
    assert_eq!(next_of(&page(None, 0), url, &two(json!(0))), Some("/l?page=1".to_owned()));
    assert_eq!(next_of(&page(Some("more"), 1), url, &two(json!(1))), None);
    assert_eq!(
        next_of(&page(Some("more"), 1), "https://a.test/l?page=2", &two(json!(3))),
        Some("/l?page=3".to_owned())
    );
    assert_eq!(next_of(&page(Some("more"), 1), url, &json!({"items": [], "more": 9})), None);
}

#[test]
fn a_list_that_was_asked_for_by_a_body_goes_on_by_it() {
    let mut request = request("https://a.test/search");
    request.body = Body::Json(json!({"query": "x"}));
    let pagination = way(PageWay::Cursor { from: Some(path("next")), param: "cursor".to_owned() });
    let answer = answer(&[], &json!({"items": [], "next": "n"}));
    let next = next(&pagination, &request, &answer, &[]).unwrap().unwrap();
    let Body::Json(body) = &next.body else { panic!("no JSON") };
    assert_eq!(*body, json!({"query": "x", "cursor": "n"}));
    assert_eq!(next.url, request.url);
}

#[test]
fn the_list_is_found_or_the_choices_are_named() {
    let count = |value: &Value| items(None, value).map(Vec::len).map_err(|error| error.to_string());
    assert_eq!(count(&json!([1, 2])), Ok(2));
    assert_eq!(count(&json!({"total": 3, "tickets": [1]})), Ok(1));
    assert_eq!(count(&json!({"_embedded": {"users": [1, 2, 3]}})), Ok(3));
    let several = count(&json!({"a": [], "b": []}));
    assert_eq!(several, Err("the answer has several lists: response.a, response.b".to_owned()));
    assert_eq!(count(&json!({"error": "x"})), Err("the answer has no list in it".to_owned()));
    assert_eq!(count(&json!("x")), Err("the answer has no list in it".to_owned()));
}
