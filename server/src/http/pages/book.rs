//! The pages and where they are: routes that remember what they are, so that each is held against the access table.

use std::sync::Arc;

use axum::{
    Router,
    handler::Handler,
    routing::{get, post},
};

use crate::app::App;

/// Pages by method and path.
#[derive(Default)]
pub struct Book {
    /// The routes.
    pub router: Router<Arc<App>>,
    /// What they are.
    pub routes: Vec<(&'static str, &'static str)>,
}

impl Book {
    /// A page that is looked at.
    pub fn get<H: Handler<T, Arc<App>>, T: 'static>(mut self, path: &'static str, handler: H) -> Self {
        self.routes.push(("GET", path));
        Self { router: self.router.route(path, get(handler)), routes: self.routes }
    }

    /// A form that is sent.
    pub fn post<H: Handler<T, Arc<App>>, T: 'static>(mut self, path: &'static str, handler: H) -> Self {
        self.routes.push(("POST", path));
        Self { router: self.router.route(path, post(handler)), routes: self.routes }
    }
}
