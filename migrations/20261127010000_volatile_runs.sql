-- `changes` with noise names the run that saw the newest values first; earlier values have their place in `volatile_states`.
ALTER TABLE volatiles ADD COLUMN run_id INTEGER /* Run that saw these values first; absent: before this was recorded. */;
