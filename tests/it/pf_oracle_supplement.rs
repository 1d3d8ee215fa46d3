fn supplement(rows: &mut Rows, release: &str) {
    use opndex::rules::*;
    let s = |v: &serde_json::Value, k: &str| v[k].as_str().map(str::to_owned).filter(|t| !t.is_empty());
    let _terms = |v: &serde_json::Value, k: &str, not: &str| -> Vec<String> {
        let neg = v[not].as_str() == Some("1");
        let t: Vec<String> = v[k].as_str().unwrap_or("").split(',').filter(|t| !t.is_empty())
            .map(|t| if neg { format!("!{t}") } else { t.to_owned() }).collect();
        if t.is_empty() { vec!["any".to_owned()] } else { t }
    };
    let tables: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(folder().unwrap().join(format!("A-{release}.tables.json"))).unwrap()).unwrap();
    if rows.tables.is_empty() {
        for (name, entries) in tables["tables"].as_object().unwrap() {
            if name.starts_with("__") && !name.starts_with("__captive") { continue; }
            rows.tables.push(TableRow { name: name.clone(), entries: entries.as_array().unwrap().iter().map(|e| e.as_str().unwrap().to_owned()).collect() });
        }
    }
    let newest = "26.7.2";
    if rows.gateways.is_empty() {
        for r in Replay::rows(newest, "routing_settings_search_gateway") {
            rows.gateways.push(GatewayRow { name: s(&r, "name").unwrap(), interface: s(&r, "interface"), device: s(&r, "if"), address: s(&r, "gateway"), family: s(&r, "ipprotocol").unwrap(), enabled: r["disabled"] != true, status: s(&r, "status"), members: vec![] });
        }
    }
    if rows.routes.is_empty() {
        let path = recorded().unwrap().join(release).join("diagnostics_interface_get_routes.json");
        let record: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let list: serde_json::Value = serde_json::from_str(record["response"]["body_raw"].as_str().unwrap()).unwrap();
        for r in list.as_array().unwrap() {
            rows.routes.push(RouteRow { destination: s(r, "destination").unwrap(), gateway: s(r, "gateway"), device: s(r, "netif").unwrap(), family: Some(if r["proto"] == "ipv6" { "inet6" } else { "inet" }.into()) });
        }
    }
}
