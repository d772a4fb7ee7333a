//! What the description says of every call alike: an error is a problem object, whatever its status.

use utoipa::openapi::{
    Content, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, PathItem},
};

use super::problem::MEDIA;

const PROBLEM: &str = "#/components/schemas/Problem";

/// Puts it into the document.
pub fn errors(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        operations(item).for_each(of_call);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten()
}

fn of_call(call: &mut Operation) {
    for response in call.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            with_its_media(response);
        }
    }
    let any = ResponseBuilder::new()
        .description("what went wrong, where, and what to do")
        .content(MEDIA, ContentBuilder::new().schema(Some(Ref::new(PROBLEM))).build());
    call.responses.responses.entry("default".into()).or_insert(RefOr::T(any.build()));
}

/// A body that is a problem is sent under the media type of problems.
fn with_its_media(response: &mut Response) {
    let is_problem = |content: &RefOr<Content>| {
        let RefOr::T(content) = content else { return false };
        matches!(&content.schema, Some(RefOr::Ref(to)) if to.ref_location == PROBLEM)
    };
    if response.content.get("application/json").is_some_and(is_problem)
        && let Some(content) = response.content.shift_remove("application/json")
    {
        response.content.insert(MEDIA.to_owned(), content);
    }
}
