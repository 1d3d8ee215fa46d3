CREATE TABLE schedules (
    -- Time ranges of schedules, in the firewall's local time: a rule that names a schedule sleeps outside of all its ranges.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    name TEXT NOT NULL COLLATE NOCASE, -- Name that rules use.
    range INTEGER NOT NULL, -- Which range of the schedule, from 1; any of them suffices. 0: it has none and is never active.
    weekdays TEXT, -- Days of the week it holds on, such as mon,tue; absent: the dates decide.
    dates TEXT, -- Dates it holds on in every year, such as 12-24,12-25 (month-day); with neither weekdays nor dates it never holds.
    starts TEXT, -- First minute of the day that is inside, as 08:00; absent: from midnight.
    ends TEXT, -- First minute of the day that is outside again, up to 24:00; absent: to midnight.
    range_description TEXT, -- The administrator's words for this range.
    description TEXT COLLATE NOCASE, -- The administrator's words for the schedule.
    PRIMARY KEY (firewall_id, name COLLATE BINARY, range)
) STRICT, WITHOUT ROWID;
-- locate by name; filters on name: which times a rule's schedule has.
CREATE INDEX schedules_name ON schedules (name);
-- locate by name; filters on description.
CREATE INDEX schedules_description ON schedules (description);
