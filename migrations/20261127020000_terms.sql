CREATE TABLE rule_terms (
    -- Every address, network, interface, alias and port that a filter rule names, one row each. Kept by triggers on firewall_rules:
    -- whoever recreates that table recreates them.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    position INTEGER NOT NULL, -- The rule: its key in firewall_rules.
    tie INTEGER NOT NULL, -- As there.
    uuid TEXT NOT NULL, -- As there.
    duplicate INTEGER NOT NULL, -- As there.
    place TEXT NOT NULL, -- source, destination, source port, destination port or interface.
    term TEXT NOT NULL COLLATE NOCASE, -- What it names, without the sign that excludes.
    negated INTEGER NOT NULL, -- It means everything but this. 0 or 1.
    PRIMARY KEY (firewall_id, position, tie, uuid, duplicate, place, term, negated)
) STRICT, WITHOUT ROWID;
-- "Which rules name this alias, network or interface".
CREATE INDEX rule_terms_term ON rule_terms (term);
-- "Which rules mean everything but something": few.
CREATE INDEX rule_terms_excluding ON rule_terms (negated) WHERE negated = 1;
-- "Which rules name ports".
CREATE INDEX rule_terms_place ON rule_terms (place);

CREATE TABLE alias_terms (
    -- Every entry of an alias: an address, a network, a port, a name, or another alias. Kept by triggers on aliases: whoever
    -- recreates that table recreates them.
    firewall_id INTEGER NOT NULL REFERENCES firewalls (firewall_id),
    alias TEXT NOT NULL COLLATE NOCASE, -- Name of the alias.
    type TEXT, -- Type of the alias.
    term TEXT NOT NULL COLLATE NOCASE, -- The entry, without the sign that excludes.
    negated INTEGER NOT NULL, -- The alias holds everything but this. 0 or 1.
    PRIMARY KEY (firewall_id, alias COLLATE BINARY, term, negated)
) STRICT, WITHOUT ROWID;
-- "Which aliases hold this name, port or alias".
CREATE INDEX alias_terms_term ON alias_terms (term);

-- The rows there are; afterwards the triggers keep them.
INSERT INTO rule_terms
SELECT DISTINCT r.firewall_id, r.position, r.tie, r.uuid, r.duplicate, r.place, ltrim(e.value, '!') COLLATE NOCASE,
    coalesce(r.negated, e.value LIKE '!%')
FROM (
    SELECT firewall_id, position, tie, uuid, duplicate, 'source' AS place, source AS list, NULL AS negated FROM firewall_rules
    UNION ALL SELECT firewall_id, position, tie, uuid, duplicate, 'destination', destination, NULL FROM firewall_rules
    UNION ALL SELECT firewall_id, position, tie, uuid, duplicate, 'source port', source_port, 0 FROM firewall_rules
    UNION ALL SELECT firewall_id, position, tie, uuid, duplicate, 'destination port', destination_port, 0 FROM firewall_rules
    UNION ALL SELECT firewall_id, position, tie, uuid, duplicate, 'interface', interface, interface LIKE '!%' FROM firewall_rules
) r, json_each('["' || replace(replace(replace(r.list, '\', '\\'), '"', '\"'), ',', '","') || '"]') e
WHERE r.list > '';

INSERT INTO alias_terms
SELECT DISTINCT a.firewall_id, a.name COLLATE BINARY, a.type, ltrim(e.value, '!') COLLATE NOCASE, e.value LIKE '!%'
FROM aliases a, json_each('["' || replace(replace(replace(a.content, '\', '\\'), '"', '\"'), ',', '","') || '"]') e
WHERE a.content > '';

CREATE TRIGGER firewall_rules_terms_gone AFTER DELETE ON firewall_rules BEGIN
    DELETE FROM rule_terms WHERE firewall_id = OLD.firewall_id AND position = OLD.position AND tie = OLD.tie AND uuid = OLD.uuid
        AND duplicate = OLD.duplicate;
END;

CREATE TRIGGER firewall_rules_terms_new AFTER INSERT ON firewall_rules BEGIN
    INSERT INTO rule_terms
    SELECT DISTINCT NEW.firewall_id, NEW.position, NEW.tie, NEW.uuid, NEW.duplicate, p.place, ltrim(e.value, '!') COLLATE NOCASE,
        coalesce(p.negated, e.value LIKE '!%')
    FROM (
        SELECT 'source' AS place, NEW.source AS list, NULL AS negated
        UNION ALL SELECT 'destination', NEW.destination, NULL
        UNION ALL SELECT 'source port', NEW.source_port, 0
        UNION ALL SELECT 'destination port', NEW.destination_port, 0
        UNION ALL SELECT 'interface', NEW.interface, NEW.interface LIKE '!%'
    ) p, json_each('["' || replace(replace(replace(p.list, '\', '\\'), '"', '\"'), ',', '","') || '"]') e
    WHERE p.list > '';
END;

CREATE TRIGGER firewall_rules_terms_moved AFTER UPDATE OF source, destination, source_port, destination_port, interface ON firewall_rules
WHEN OLD.source IS NOT NEW.source OR OLD.destination IS NOT NEW.destination OR OLD.source_port IS NOT NEW.source_port
    OR OLD.destination_port IS NOT NEW.destination_port OR OLD.interface IS NOT NEW.interface
BEGIN
    DELETE FROM rule_terms WHERE firewall_id = OLD.firewall_id AND position = OLD.position AND tie = OLD.tie AND uuid = OLD.uuid
        AND duplicate = OLD.duplicate;
    INSERT INTO rule_terms
    SELECT DISTINCT NEW.firewall_id, NEW.position, NEW.tie, NEW.uuid, NEW.duplicate, p.place, ltrim(e.value, '!') COLLATE NOCASE,
        coalesce(p.negated, e.value LIKE '!%')
    FROM (
        SELECT 'source' AS place, NEW.source AS list, NULL AS negated
        UNION ALL SELECT 'destination', NEW.destination, NULL
        UNION ALL SELECT 'source port', NEW.source_port, 0
        UNION ALL SELECT 'destination port', NEW.destination_port, 0
        UNION ALL SELECT 'interface', NEW.interface, NEW.interface LIKE '!%'
    ) p, json_each('["' || replace(replace(replace(p.list, '\', '\\'), '"', '\"'), ',', '","') || '"]') e
    WHERE p.list > '';
END;

CREATE TRIGGER aliases_terms_gone AFTER DELETE ON aliases BEGIN
    DELETE FROM alias_terms WHERE firewall_id = OLD.firewall_id AND alias COLLATE BINARY = OLD.name;
END;

CREATE TRIGGER aliases_terms_new AFTER INSERT ON aliases WHEN NEW.content > '' BEGIN
    INSERT INTO alias_terms
    SELECT DISTINCT NEW.firewall_id, NEW.name, NEW.type, ltrim(e.value, '!') COLLATE NOCASE, e.value LIKE '!%'
    FROM json_each('["' || replace(replace(replace(NEW.content, '\', '\\'), '"', '\"'), ',', '","') || '"]') e;
END;

CREATE TRIGGER aliases_terms_moved AFTER UPDATE OF type, content ON aliases
WHEN OLD.type IS NOT NEW.type OR OLD.content IS NOT NEW.content
BEGIN
    DELETE FROM alias_terms WHERE firewall_id = OLD.firewall_id AND alias COLLATE BINARY = OLD.name;
    INSERT INTO alias_terms
    SELECT DISTINCT NEW.firewall_id, NEW.name, NEW.type, ltrim(e.value, '!') COLLATE NOCASE, e.value LIKE '!%'
    FROM json_each('["' || replace(replace(replace(NEW.content, '\', '\\'), '"', '\"'), ',', '","') || '"]') e
    WHERE NEW.content > '';
END;

DROP VIEW v_rule_terms;
CREATE VIEW v_rule_terms AS
    -- One row per address or port term of a filter rule: what it names, and whether it excludes it.
    SELECT firewall_id, position, uuid, duplicate, place, term, negated FROM rule_terms WHERE place <> 'interface';

DROP VIEW v_alias_terms;
CREATE VIEW v_alias_terms AS
    -- One row per entry of an alias: an address, a network, a port, a name, or another alias.
    SELECT firewall_id, alias, type, term, negated FROM alias_terms;
