//! Networks: those that the containers join, made where they are missing.

use std::collections::HashMap;

use bollard::models::{NetworkConnectRequest, NetworkCreateRequest};
use bollard::query_parameters::ListNetworksOptions;

use crate::engine::docker::client::{ACT_LIMIT, Client};
use crate::engine::docker::container::{RESOURCE, endpoint};
use crate::error::Error;

/// The id of the network of this name, made now if there is none. Docker lets several networks have one name, and
/// then refuses the name as ambiguous: of those that were made at once the oldest counts, and networks are meant by
/// their ids.
pub async fn ensure(client: &Client, name: &str) -> Result<String, Error> {
    if let Some(id) = oldest(client, name).await? {
        return Ok(id);
    }
    let request = NetworkCreateRequest {
        name: name.to_owned(),
        driver: Some("bridge".to_owned()),
        labels: Some(HashMap::from([(RESOURCE.0.to_owned(), RESOURCE.1.to_owned())])),
        ..NetworkCreateRequest::default()
    };
    let api = client.api().await?;
    let made = api.create_network(request);
    let made = client.within(&format!("making network `{name}`"), ACT_LIMIT, made).await?.id;
    let id = oldest(client, name).await?.unwrap_or_else(|| made.clone());
    if id != made {
        client.settle("removing a network", ACT_LIMIT, api.remove_network(&made)).await?;
    }
    Ok(id)
}

/// The oldest network of exactly this name.
async fn oldest(client: &Client, name: &str) -> Result<Option<String>, Error> {
    let filters = HashMap::from([("name".to_owned(), vec![name.to_owned()])]);
    let options = ListNetworksOptions { filters: Some(filters) };
    let api = client.api().await?;
    let doing = format!("looking for network `{name}`");
    let all = client.ask(&doing, api.list_networks(Some(options))).await?;
    let named = all.into_iter().filter(|it| it.name.as_deref() == Some(name));
    let mut ids: Vec<_> = named.filter_map(|it| Some((it.created, it.id?))).collect();
    ids.sort();
    Ok(ids.into_iter().next().map(|(_, id)| id))
}

/// Lets a container into one more network.
pub async fn join(client: &Client, network: &str, container: &str, name: &str) -> Result<(), Error> {
    let id = ensure(client, network).await?;
    let request =
        NetworkConnectRequest { container: container.to_owned(), endpoint_config: Some(endpoint(name)) };
    let doing = format!("joining network `{network}`");
    client.within(&doing, ACT_LIMIT, client.api().await?.connect_network(&id, request)).await
}

/// Removes the network if we made it and nobody is in it any more.
pub async fn tidy(client: &Client, name: &str) -> Result<(), Error> {
    let Some(id) = oldest(client, name).await? else { return Ok(()) };
    let api = client.api().await?;
    let doing = format!("looking at network `{name}`");
    let Some(found) = client.find(&doing, api.inspect_network(&id, None)).await? else {
        return Ok(());
    };
    let ours = found.labels.is_some_and(|it| it.get(RESOURCE.0).is_some_and(|it| it == RESOURCE.1));
    if ours && members(client, &id).await? == 0 {
        // Somebody may have entered it just now, and then it stays.
        let _ = client.settle("removing a network", ACT_LIMIT, api.remove_network(&id)).await;
    }
    Ok(())
}

/// How many containers belong to a network. The network itself knows only those that run.
async fn members(client: &Client, id: &str) -> Result<usize, Error> {
    client.containers(Some(("network", id.to_owned()))).await.map(|all| all.len())
}
