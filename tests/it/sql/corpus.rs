//! Statements, hostile and ordinary.

/// SQL, and a part of what must be said about it.
pub(super) type Case = (&'static str, &'static str);

pub(super) const REFUSED: &[Case] = &[
    // Nothing, or too much.
    ("", "empty"),
    (" ; -- nothing", "empty"),
    ("SELECT 1; SELECT 2", "more than one"),
    ("SELECT 1; DROP TABLE vlans", "only reading"),
    ("SELECT 1 -- one\n; DELETE FROM vlans", "only reading"),
    ("SELECT 1\0; DROP TABLE vlans", "NUL"),
    ("\0SELECT 1", "NUL"),
    ("/* SELECT 1", "empty"),
    ("SELECT 1 one more", "syntax error"),
    ("SELECT 'one", "unrecognized token"),
    ("SELECT ?", "a parameter"),
    ("SELECT ?1 + ?1", "a parameter"),
    ("SELECT ?999", "a parameter"),
    ("SELECT :a, @b, $c::d(e)", "a parameter"),
    // Writing, in every disguise.
    ("INSERT INTO vlans (firewall_id) VALUES (1)", "only reading"),
    ("UPDATE vlans SET tag = 1", "only reading"),
    ("DELETE FROM vlans", "only reading"),
    ("REPLACE INTO vlans (firewall_id) VALUES (1)", "only reading"),
    ("WITH x AS (SELECT 1) DELETE FROM vlans", "only reading"),
    ("WITH x AS (SELECT 1) INSERT INTO vlans SELECT * FROM x", "only reading"),
    ("DELETE FROM vlans RETURNING *", "only reading"),
    ("CREATE TABLE x (a)", "only reading"),
    ("CREATE TEMP TABLE x AS SELECT * FROM vlans", "only reading"),
    ("CREATE TEMP VIEW x AS SELECT 1", "only reading"),
    ("CREATE TEMP TRIGGER x AFTER INSERT ON vlans BEGIN SELECT 1; END", "only reading"),
    ("CREATE VIRTUAL TABLE x USING fts5(a)", "only reading"),
    ("CREATE INDEX x ON vlans (tag)", "only reading"),
    ("ALTER TABLE vlans ADD COLUMN x", "only reading"),
    ("DROP TABLE vlans", "only reading"),
    ("DROP VIEW IF EXISTS v_devices; ", ""),
    ("VACUUM", "only reading"),
    ("VACUUM INTO '/tmp/opndex-hostile.db'", "only reading"),
    ("REINDEX", "only reading"),
    ("ANALYZE", "only reading"),
    ("EXPLAIN DELETE FROM vlans", "only reading"),
    ("EXPLAIN QUERY PLAN DROP TABLE vlans", "only reading"),
    ("EXPLAIN VACUUM", "only reading"),
    ("INSERT INTO vlans DEFAULT VALUES RETURNING *", "only reading"),
    ("SELECT * FROM (DELETE FROM vlans RETURNING *)", "syntax error"),
    ("WITH x AS (DELETE FROM vlans RETURNING *) SELECT * FROM x", "syntax error"),
    ("SELECT raise(ABORT, 'x')", "RAISE"),
    // Full-text search has commands, which are inserted.
    ("CREATE VIRTUAL TABLE temp.x USING fts5vocab(main, y, row)", "only reading"),
    ("INSERT INTO vlans(vlans) VALUES ('optimize')", "only reading"),
    ("SELECT * FROM fts5vocab", "no table `fts5vocab`"),
    ("SELECT fts5(1)", "cannot be called"),
    // Other files, other settings, other code.
    ("ATTACH '/tmp/opndex-hostile.db' AS x", "attaching"),
    ("ATTACH ':memory:' AS x", "attaching"),
    ("DETACH main", "attaching"),
    ("BEGIN", "a transaction"),
    ("BEGIN EXCLUSIVE", "a transaction"),
    ("SAVEPOINT x", "a transaction"),
    ("COMMIT", "a transaction"),
    ("PRAGMA query_only = OFF", "a PRAGMA"),
    ("PRAGMA writable_schema = ON", "a PRAGMA"),
    ("PRAGMA hard_heap_limit = 0", "a PRAGMA"),
    ("PRAGMA data_version = 1", "a PRAGMA"),
    ("PRAGMA data_version", "a PRAGMA"),
    ("EXPLAIN PRAGMA user_version", "a PRAGMA"),
    ("PRAGMA wal_checkpoint(TRUNCATE)", "a PRAGMA"),
    ("PRAGMA temp_store_directory = '/'", "a PRAGMA"),
    ("PRAGMA integrity_check", "a PRAGMA"),
    ("SELECT * FROM pragma_wal_checkpoint", "no table `pragma_wal_checkpoint`"),
    ("SELECT * FROM bytecode('SELECT 1')", "no table `bytecode`"),
    ("SELECT * FROM fsdir('/')", "no table `fsdir`"),
    ("ROLLBACK", "a transaction"),
    ("RELEASE x", "a transaction"),
    ("EXPLAIN ATTACH 'x' AS y", "attaching"),
    ("SELECT * FROM pragma_table_info('vlans')", "no table `pragma_table_info`"),
    ("SELECT * FROM pragma_database_list", "no table `pragma_database_list`"),
    ("SELECT load_extension('/tmp/x.so')", "`load_extension` cannot be called"),
    ("SELECT fts3_tokenizer('simple')", "`fts3_tokenizer` cannot be called"),
    ("SELECT sqlite_compileoption_get(1)", "cannot be called"),
    ("SELECT readfile('/etc/passwd')", "`readfile` cannot be called"),
    ("SELECT writefile('/tmp/x', 'x')", "`writefile` cannot be called"),
    ("SELECT edit('x')", "`edit` cannot be called"),
    ("SELECT randomblob(10)", "`randomblob` cannot be called"),
    ("SELECT zeroblob(1000000000)", "`zeroblob` cannot be called"),
    // What is not published.
    ("SELECT * FROM chunks", "no table `chunks`"),
    ("SELECT data FROM chunks", "no table `chunks`"),
    ("SELECT count(*) FROM snapshots", "no table `snapshots`"),
    ("SELECT count(*) FROM volatiles", "no table `volatiles`"),
    ("SELECT * FROM sqlite_schema", "no table `sqlite_"),
    ("SELECT sql FROM sqlite_master", "no table `sqlite_"),
    ("SELECT * FROM sqlite_temp_master", "no table `sqlite_"),
    ("SELECT * FROM _sqlx_migrations", "no table `_sqlx_migrations`"),
    ("SELECT * FROM dbstat", "no table `dbstat`"),
    ("SELECT count(*) FROM dbstat", "no table `dbstat`"),
    ("SELECT count(*) FROM sqlite_schema", "no table `sqlite_"),
    ("SELECT 1 FROM pragma_table_list", "no table `pragma_table_list`"),
    ("SELECT count(*) FROM CHUNKS", "no table `CHUNKS`"),
    ("SELECT * FROM sqlite_dbpage", "no table `sqlite_dbpage`"),
    ("SELECT (SELECT data FROM chunks LIMIT 1)", "no table `chunks`"),
    ("WITH vlans AS (SELECT data FROM chunks) SELECT * FROM vlans", "no table `chunks`"),
    ("WITH v_devices AS (SELECT data FROM chunks) SELECT * FROM v_devices", "no table `chunks`"),
    ("SELECT 1 FROM vlans WHERE EXISTS (SELECT 1 FROM chunks)", "no table `chunks`"),
    ("SELECT * FROM main.chunks", "no table `chunks`"),
    // Mistakes, with the way to repair them.
    ("SELECT * FROM vlan", "did you mean `vlans`?"),
    ("SELECT hostnme FROM dhcp_leases", "did you mean `hostname`?"),
    ("SELECT l.tga FROM vlans l", "did you mean `tag`?"),
    ("SELECT * FROM vlans WHERE interface_name = \"IOT\"", "single quotes"),
    ("SELECT coutn(*) FROM vlans", "did you mean `count`?"),
    ("SELEC 1", "syntax error"),
    ("SELECT (1", "incomplete input"),
    ("SELECT json('{')", "malformed JSON"),
    ("SELECT json_extract('{}', 'x')", "path"),
    ("SELECT abs(-9223372036854775808)", "integer overflow"),
    // Too large.
    ("SELECT replace(printf('%.*c', 900000, 'x'), 'x', 'xxxxxxxxxx')", "longer than"),
    ("SELECT hex(printf('%.*c', 900000, 'x'))", "longer than"),
    ("SELECT printf('%.*c', 900000, 'x') || printf('%.*c', 900000, 'x')", "longer than"),
    ("SELECT printf('%.*c', 900000, 'x')", "one row is larger"),
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT group_concat('0123456789012345') FROM n",
        "longer than",
    ),
    // For ever.
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "stopped after 2 s",
    ),
    ("WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT max(i) FROM n", "stopped"),
    (
        "SELECT count(*) FROM dhcp_leases a, dhcp_leases b, dhcp_leases c, dhcp_leases d, dhcp_leases e",
        "stopped after 2 s",
    ),
    (
        "SELECT a.hostname FROM dhcp_leases a, dhcp_leases b, dhcp_leases c, dhcp_leases d ORDER BY random()",
        "stopped",
    ),
    (
        "SELECT a.hostname, count(*) FROM dhcp_leases a, dhcp_leases b, dhcp_leases c, dhcp_leases d GROUP BY a.ip || b.ip || c.ip || d.ip",
        "stopped",
    ),
    (
        "WITH RECURSIVE n(i, s) AS (SELECT 1, 'x' UNION ALL SELECT i + 1, s || s || s FROM n) SELECT max(length(s)) FROM n",
        "longer than",
    ),
    // Memory.
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT json_group_array(printf('%.*c', 900000, 'x')) FROM n",
        "",
    ),
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT json_group_object(i, printf('%.*c', 900000, 'x')) FROM n",
        "",
    ),
    (
        "WITH RECURSIVE n(i, s) AS (SELECT 1, printf('%.*c', 900000, 'x') UNION ALL SELECT i + 1, s FROM n) SELECT count(*) FROM (SELECT s FROM n ORDER BY i DESC)",
        "stopped",
    ),
    (
        "WITH RECURSIVE n(i, s) AS (SELECT 1, printf('%.*c', 900000, 'x') UNION SELECT i + 1, s FROM n) SELECT count(*) FROM n",
        "stopped",
    ),
    (
        "WITH RECURSIVE n(i, s) AS MATERIALIZED (SELECT 1, printf('%.*c', 900000, 'x') UNION ALL SELECT i + 1, s FROM n LIMIT 100000) SELECT count(*) FROM n a JOIN n b USING (i)",
        "stopped",
    ),
    (
        "SELECT sum(length(w)) FROM (SELECT group_concat(hostname) OVER (ORDER BY random() ROWS UNBOUNDED PRECEDING) AS w FROM (SELECT a.hostname FROM dhcp_leases a, dhcp_leases b, dhcp_leases c))",
        "",
    ),
];

/// Written out where they would be too long to read: a piece that is repeated, between a beginning and an end.
pub(super) fn repeated() -> Vec<(String, &'static str)> {
    let mut all = rows_of_long_values();
    all.extend(shapes());
    all
}

fn shapes() -> Vec<(String, &'static str)> {
    let doubled = |first: &str, each: &dyn Fn(usize) -> String, times: usize| {
        let later = (1..times).map(|n| format!(", t{n}(x) AS ({})", each(n - 1)));
        let last = times - 1;
        format!("WITH t0(x) AS ({first}){} SELECT count(*) FROM t{last}", later.collect::<String>())
    };
    let list = |each: &dyn Fn(usize) -> String, times: usize| {
        (0..times).map(each).collect::<Vec<_>>().join(", ")
    };
    vec![
        // Prepared, these took 22 GB and two minutes: nothing runs meanwhile that could be stopped.
        (
            doubled("SELECT 1", &|n| format!("SELECT a.x + b.x FROM t{n} a, t{n} b"), 30),
            "WITH clauses",
        ),
        (
            doubled(
                "SELECT 1",
                &|n| format!("SELECT x FROM t{n} UNION ALL SELECT x FROM t{n}"),
                40,
            ),
            "WITH clauses",
        ),
        // Fewer of them fit, and are woven into one another for five seconds.
        (
            doubled(
                "SELECT 1 FROM vlans",
                &|n| format!("SELECT a.x + b.x FROM t{n} a, t{n} b"),
                14,
            ),
            "WITH clauses",
        ),
        (format!("SELECT {}1{}", "(SELECT ".repeat(300), ")".repeat(300)), "too large"),
        (format!("SELECT {}1", "NOT ".repeat(3_000)), "too large"),
        (format!("SELECT 1{}", " + 1".repeat(3_000)), "too large"),
        (format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(800)), "too large"),
        (format!("SELECT {}", list(&|_| "1".to_owned(), 2_000)), "too large"),
        (format!("SELECT coalesce({})", list(&|_| "1".to_owned(), 1_000)), "too large"),
        (format!("SELECT * FROM {}", list(&|n| format!("vlans v{n}"), 63)), "too large"),
        (format!("SELECT '{}'", "x".repeat(20_000)), "too large"),
        (format!("SELECT count(*) FROM {}", list(&|n| format!("vlans v{n}"), 20)), "stopped"),
    ]
}

/// One row, and many long values for it.
fn rows_of_long_values() -> Vec<(String, &'static str)> {
    let list = |each: &dyn Fn(usize) -> String, times: usize| {
        (0..times).map(each).collect::<Vec<_>>().join(", ")
    };
    let (hundred, ninety) = ("x".repeat(100), "x".repeat(90));
    let long = format!(
        "SELECT replace(replace('{hundred}', 'x', '{hundred}'), 'x', '{ninety}') AS s LIMIT 1"
    );
    vec![
        (
            format!("SELECT {} FROM ({long})", list(&|_| "instr(s, s || 'y')".to_owned(), 100)),
            "longer than",
        ),
        (
            format!(
                "SELECT {}",
                list(&|n| format!("length(printf('%.*c', 99999{}, 'x'))", n % 10), 190)
            ),
            "",
        ),
        (format!("SELECT {} FROM ({long})", list(&|_| "s".to_owned(), 200)), ""),
        (format!("SELECT {} FROM ({long})", list(&|_| "CAST(s AS BLOB)".to_owned(), 200)), ""),
        (
            format!("SELECT s || 1 FROM ({long}) ORDER BY {}", list(&|n| format!("s || {n}"), 190)),
            "",
        ),
        (format!("SELECT {} FROM ({long})", list(&|n| format!("json_valid(s || {n})"), 190)), ""),
        (
            format!(
                "SELECT {} FROM vlans",
                list(&|n| format!("tag LIKE '%{n}' OR tag GLOB '{n}*'"), 190)
            ),
            "too many functions",
        ),
    ]
}

/// Long values in functions whose work grows with the square of them, or nearly so.
pub(super) fn long_values() -> Vec<String> {
    // No longer than one LIKE allows: of more, printf makes NULL.
    let long = |of: char| format!("printf('%.*c', 800000, '{of}')");
    let (xs, half, set) = (
        long('x'),
        "printf('%.*c', 400000, 'x')",
        "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80000) SELECT group_concat(char(i + 256), '') FROM n)",
    );
    let json = "'[' || replace(printf('%.*c', 440000, 'x'), 'x', '1,') || '1]'";
    let same = "x".repeat(190);
    vec![
        format!("SELECT instr({xs}, {half} || 'y')"),
        format!("SELECT length(replace({xs}, {half} || 'y', 'z'))"),
        format!("SELECT length(trim({xs}, {set} || 'x'))"),
        format!("SELECT {xs} LIKE '%{same}y'"),
        format!("SELECT {xs} GLOB '*{same}y'"),
        format!("SELECT {xs} GLOB '*[{}x]y'", "a".repeat(180)),
        format!("SELECT {xs} LIKE '{}y'", "%x".repeat(90)),
        format!("SELECT {xs} LIKE '{}y'", "%_".repeat(90)),
        format!("SELECT count(*) FROM json_each({json})"),
        format!("SELECT count(*) FROM json_tree({json})"),
        format!("SELECT json_array_length({json}) + json_valid({json})"),
        "SELECT count(*) FROM json_tree(printf('%.*c', 900, '[') || printf('%.*c', 900, ']'))"
            .to_owned(),
        format!("SELECT {}1{}", "(".repeat(2_000), ")".repeat(2_000)),
    ]
}

/// Answered, however mean: small answers in little time.
pub(super) const BOUNDED: &[&str] = &[
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
    "SELECT a.ip FROM dhcp_leases a, dhcp_leases b, dhcp_leases c, dhcp_leases d",
    "SELECT json_each.value FROM json_each('[1,2,3]'), dhcp_leases a, dhcp_leases b, dhcp_leases c",
    "SELECT printf('%.*c', 2000000000, 'x')",
    "SELECT length(printf('%2000000000d', 1))",
    "SELECT printf('%.*c', 900, 'x') FROM dhcp_leases a, dhcp_leases b",
    "SELECT printf('%.*c', 100000, 'x') LIKE printf('%.*c', 60, '%a') || 'b'",
];

/// Statements as an analyst writes them.
pub(super) const ORDINARY: &[&str] = &[
    "SELECT count(*) FROM dhcp_leases",
    "SELECT interface_name, count(*) AS n FROM dhcp_leases GROUP BY 1 ORDER BY n DESC",
    "SELECT ip, hostname, mac FROM dhcp_leases WHERE interface_name = 'IOT' ORDER BY ip_sort LIMIT 5",
    "SELECT ip, datetime(expires, 'unixepoch') FROM dhcp_leases WHERE expires IS NOT NULL ORDER BY expires LIMIT 3",
    "SELECT l.ip, a.mac FROM dhcp_leases l JOIN arp a ON a.ip_sort = l.ip_sort",
    "SELECT r.ip, r.hostname FROM dhcp_reservations r LEFT JOIN dhcp_leases l ON l.ip_sort = r.ip_sort WHERE l.ip IS NULL",
    "SELECT mac, count(DISTINCT ip) AS addresses FROM arp GROUP BY mac HAVING addresses > 1",
    "SELECT v.tag, v.interface_name, count(a.ip) FROM vlans v LEFT JOIN arp a ON a.interface_name = v.interface_name GROUP BY v.tag",
    "SELECT action, count(*) FROM firewall_rules GROUP BY action",
    "SELECT action, interface_name, source, destination FROM firewall_rules WHERE kind = 'interface' ORDER BY position LIMIT 10",
    "SELECT name FROM aliases WHERE content LIKE '%10.%'",
    "SELECT substr(mac, 1, 8) AS oui, count(*) FROM arp GROUP BY oui ORDER BY 2 DESC LIMIT 5",
    "SELECT hostname, count(*) FROM dhcp_leases GROUP BY hostname HAVING count(*) > 1",
    "WITH on_iot AS (SELECT mac FROM arp WHERE interface_name = 'IOT') SELECT count(*) FROM on_iot",
    "SELECT ip, rank() OVER (PARTITION BY interface_name ORDER BY expires) FROM dhcp_leases LIMIT 5",
    "SELECT interface_name, group_concat(hostname, ', ') FROM dhcp_leases GROUP BY 1",
    "SELECT json_group_array(tag) FROM vlans",
    "SELECT * FROM firewalls",
    "SELECT outcome, count(*) FROM runs GROUP BY outcome",
    "SELECT domain, source, state, datetime(good_at / 1000, 'unixepoch') FROM sources",
    "SELECT domain, rows FROM domains ORDER BY rows DESC",
    "SELECT count(*) FROM rejects",
    "SELECT ip FROM arp EXCEPT SELECT ip FROM dhcp_leases",
    "SELECT ip FROM arp INTERSECT SELECT ip FROM dhcp_leases LIMIT 5",
    "SELECT 'leases' AS what, count(*) FROM dhcp_leases UNION ALL SELECT 'arp', count(*) FROM arp",
    "SELECT CASE WHEN reserved THEN 'reserved' ELSE 'dynamic' END AS kind, count(*) FROM dhcp_leases GROUP BY kind",
    "SELECT lower(hostname), upper(state), coalesce(vendor, '?') FROM dhcp_leases LIMIT 3",
    "SELECT min(expires), max(expires), avg(expires) FROM dhcp_leases",
    "SELECT strftime('%H', expires, 'unixepoch') AS hour, count(*) FROM dhcp_leases GROUP BY hour",
    "SELECT name, json_each.value FROM aliases, json_each('[\"' || replace(content, ',', '\",\"') || '\"]') LIMIT 5",
    "SELECT d.domain, row_key FROM address_ranges d WHERE d.field = 'content' LIMIT 3",
    "SELECT name, ip, mac, vendor, online FROM v_devices WHERE online ORDER BY name LIMIT 10",
    "SELECT coalesce(vendor, '?') AS maker, count(*) AS n, sum(online) AS online FROM v_devices GROUP BY maker ORDER BY n DESC LIMIT 10",
    "SELECT d.name, l.ip, l.interface FROM v_devices d JOIN v_leases l ON l.mac = d.mac ORDER BY 1, 2 LIMIT 10",
    "SELECT r.position, r.action, t.place, t.term FROM firewall_rules r JOIN v_rule_terms t ON t.uuid = r.uuid WHERE NOT t.negated ORDER BY 1, 3, 4 LIMIT 20",
    "SELECT alias, count(*) AS entries, min(term), max(term) FROM v_alias_terms GROUP BY alias ORDER BY entries DESC",
    "SELECT a.alias, r.position FROM v_alias_terms a JOIN v_rule_terms r ON r.term = a.alias GROUP BY 1, 2 ORDER BY 2",
    "WITH per AS (SELECT interface_name, mac, count(*) AS n FROM dhcp_leases GROUP BY 1, 2) SELECT interface_name, sum(n), count(*), round(avg(n), 2) FROM per GROUP BY 1",
    "SELECT interface_name, hostname, expires - lag(expires) OVER (PARTITION BY interface_name ORDER BY expires) AS gap FROM dhcp_leases ORDER BY 1, 3 LIMIT 20",
    "SELECT ip, ntile(4) OVER (ORDER BY expires) AS quarter, round(percent_rank() OVER (ORDER BY expires), 3) FROM dhcp_leases LIMIT 20",
    "SELECT interface_name, sum(count(*)) OVER (ORDER BY interface_name) AS running FROM arp GROUP BY interface_name",
    "SELECT count(*) FILTER (WHERE expires > unixepoch('now', '+1 hour')), count(*) FROM dhcp_leases",
    "SELECT date(started_at / 1000, 'unixepoch', 'start of day') AS day, count(*), avg(finished_at - started_at) FROM runs GROUP BY day",
    "VALUES (1, 'one'), (2, 'two')",
    "SELECT 1;",
    "EXPLAIN QUERY PLAN SELECT * FROM dhcp_leases WHERE mac = '00:00:00:00:00:00'",
];
