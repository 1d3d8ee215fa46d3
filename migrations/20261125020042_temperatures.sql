CREATE TABLE temperatures (
    -- Temperature sensors of the firewall.
    firewall_id INTEGER NOT NULL, -- Firewall it was read from.
    sensor TEXT NOT NULL, -- Name of the sensor, such as dev.cpu.0.temperature.
    type TEXT, -- cpu, zone, platform or other.
    celsius TEXT, -- Degrees Celsius, with one decimal.
    PRIMARY KEY (firewall_id, sensor)
) STRICT, WITHOUT ROWID;
