//! A refused login keeps a worker of the firewall busy for 2 s, so it must not happen twice.

use super::*;
use crate::opnsense::PullError;

const REFUSED: (u16, &str) = (401, r#"{"status":401,"message":"Authentication Failed"}"#);

#[tokio::test]
async fn a_wrong_key_costs_one_request_in_the_whole_run() {
    let server = Server::answering(|_, _| REFUSED).await;
    let client = server.client();
    let error = client.detect(&never()).await.unwrap_err();
    assert!(matches!(error, PullError::Unauthorized { everywhere: true, .. }));
    assert!(!error.to_string().contains("w1"), "{error}");
    client.pull(&RULES, NEW, &never()).await.unwrap_err();
    client.detect(&never()).await.unwrap_err();
    assert_eq!(client.requests(), 1);
    client.reset();
    client.detect(&never()).await.unwrap_err();
    assert_eq!(client.requests(), 2, "the next run looks again, once");
}

#[tokio::test]
async fn a_key_revoked_in_between_is_noticed_with_one_more_request() {
    let server =
        Server::answering(|_, before| if before == 0 { (200, INFORMATION) } else { REFUSED }).await;
    let client = server.client();
    client.detect(&never()).await.unwrap();
    let error = client.pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Unauthorized { everywhere: true, .. }));
    client.pull(&RULES, NEW, &never()).await.unwrap_err();
    assert_eq!(server.paths().len(), 3);
}

#[tokio::test]
async fn a_revoked_key_met_by_many_requests_is_looked_at_once() {
    let server = Server::answering(|seen, before| match (before, seen.method.as_str()) {
        (0, _) => Reply::from((200, INFORMATION)),
        _ => Reply::from(REFUSED).after(Duration::from_millis(20)),
    });
    let server = server.await;
    let client = server.client();
    client.detect(&never()).await.unwrap();
    let mut pulls = JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        pulls.spawn(async move { client.pull(&RULES, NEW, &never()).await.map(drop) });
    }
    let refused = |pulled| matches!(pulled, Err(PullError::Unauthorized { everywhere: true, .. }));
    assert!(pulls.join_all().await.into_iter().all(refused));
    assert_eq!(server.paths().len(), 1 + 4 + 1, "detection, what was in flight, one second look");
}

#[tokio::test]
async fn one_path_that_refuses_a_good_key_stops_alone() {
    let server =
        Server::answering(
            |seen, _| if seen.path == RULES.path { REFUSED } else { (200, INFORMATION) },
        )
        .await;
    let client = server.client();
    client.detect(&never()).await.unwrap();
    for _ in 0..2 {
        let error = client.pull(&RULES, NEW, &never()).await.unwrap_err();
        assert!(
            matches!(error, PullError::Unauthorized { everywhere: false, path } if path == RULES.path)
        );
    }
    assert_eq!(server.paths().len(), 3, "detection, the path, one second look");
    client.config_revision(&never()).await.unwrap();
}

#[tokio::test]
async fn paths_that_refuse_a_good_key_together_share_the_second_look() {
    let arp = Source::grid("arp", "diagnostics/interface/search_arp", "page-diagnostics-arptable");
    let server = Server::answering(move |seen, _| match seen.method.as_str() {
        "POST" => Reply::from(REFUSED).after(Duration::from_millis(20)),
        _ => Reply::from((200, INFORMATION)).after(Duration::from_millis(20)),
    });
    let server = server.await;
    let (client, cancel) = (server.client(), never());
    client.detect(&cancel).await.unwrap();
    for _ in 0..2 {
        let pulls =
            tokio::join!(client.pull(&RULES, NEW, &cancel), client.pull(&arp, NEW, &cancel));
        for pulled in [pulls.0, pulls.1] {
            assert!(matches!(pulled, Err(PullError::Unauthorized { everywhere: false, .. })));
        }
    }
    assert_eq!(server.paths().len(), 4, "detection, two paths, one second look");
}
