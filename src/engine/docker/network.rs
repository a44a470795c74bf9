//! Networks: those that the containers join, made where they are missing.

use std::collections::HashMap;

use bollard::models::{NetworkConnectRequest, NetworkCreateRequest};
use bollard::query_parameters::ListContainersOptions;

use crate::engine::docker::client::{ACT_LIMIT, ASK_LIMIT, Client};
use crate::engine::docker::container::{RESOURCE, endpoint};
use crate::error::Error;

/// Makes the network if there is none of this name.
pub async fn ensure(client: &Client, name: &str) -> Result<(), Error> {
    let api = client.api().await?;
    let doing = format!("looking for network `{name}`");
    if client.find(&doing, ASK_LIMIT, api.inspect_network(name, None)).await?.is_some() {
        return Ok(());
    }
    let request = NetworkCreateRequest {
        name: name.to_owned(),
        driver: Some("bridge".to_owned()),
        labels: Some(HashMap::from([(RESOURCE.0.to_owned(), RESOURCE.1.to_owned())])),
        ..NetworkCreateRequest::default()
    };
    // Of two who make it at once, one finds it made.
    client.settle(&format!("making network `{name}`"), ACT_LIMIT, api.create_network(request)).await
}

/// Lets a container into one more network.
pub async fn join(client: &Client, network: &str, container: &str, name: &str) -> Result<(), Error> {
    ensure(client, network).await?;
    let request =
        NetworkConnectRequest { container: container.to_owned(), endpoint_config: Some(endpoint(name)) };
    let doing = format!("joining network `{network}`");
    client.within(&doing, ACT_LIMIT, client.api().await?.connect_network(network, request)).await
}

/// Removes the network if we made it and nobody is in it any more.
pub async fn tidy(client: &Client, name: &str) -> Result<(), Error> {
    let api = client.api().await?;
    let doing = format!("looking at network `{name}`");
    let Some(found) = client.find(&doing, ASK_LIMIT, api.inspect_network(name, None)).await? else {
        return Ok(());
    };
    let ours = found.labels.is_some_and(|it| it.get(RESOURCE.0).is_some_and(|it| it == RESOURCE.1));
    if ours && members(client, name).await? == 0 {
        // Somebody may have entered it just now, and then it stays.
        let _ = client.settle("removing a network", ACT_LIMIT, api.remove_network(name)).await;
    }
    Ok(())
}

/// How many containers belong to a network. The network itself knows only those that run.
async fn members(client: &Client, name: &str) -> Result<usize, Error> {
    let options = ListContainersOptions {
        all: true,
        filters: Some(HashMap::from([("network".to_owned(), vec![name.to_owned()])])),
        ..ListContainersOptions::default()
    };
    let api = client.api().await?;
    let all = client.within("listing the containers", ASK_LIMIT, api.list_containers(Some(options))).await?;
    Ok(all.len())
}
