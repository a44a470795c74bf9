//! The databases of an instance's server, each told from any other of its name.

use crate::error::Error;
use crate::instances::artifacts::applied::Place;
use crate::pg::admin;
use crate::pg::connect::Session;
use crate::pg::query;

const QUESTION: &str = "SELECT oid, datname, datname = current_database() FROM pg_catalog.pg_database";

/// All databases of a server.
#[derive(Clone, Debug)]
pub struct Places {
    /// The one that the session is in.
    pub here: Place,
    /// Every one, that one included.
    pub all: Vec<Place>,
}

/// Asks the server.
pub async fn places(session: &Session) -> Result<Places, Error> {
    let system_identifier = admin::identifier(session).await;
    let rows = query::rows(session, QUESTION).await.map_err(|failure| failure.into_error(QUESTION))?;
    let (mut here, mut all) = (None, Vec::new());
    for row in rows {
        let [Some(oid), Some(database), Some(current)] = row.as_slice() else { continue };
        let Ok(oid) = oid.parse() else { continue };
        let place = Place { database: database.clone(), oid, system_identifier };
        all.push(place.clone());
        here = here.or((current == "t").then_some(place));
    }
    let dropped = || Error::Sql("the database was dropped just now".to_owned());
    Ok(Places { here: here.ok_or_else(dropped)?, all })
}
