-- Differences are what to put where; an LZ4 block with the other content as its dictionary took twice as much.
ALTER TABLE chunks ADD COLUMN form INTEGER NOT NULL DEFAULT 0 /* Of a chunk with a base: 1 a list of gaps and what to put there, 0 an LZ4 block whose dictionary is the base (before 0.2). */;

-- Four bytes lead to one chunk among a million, but for one in 4,000; the whole hash is compared then.
DROP INDEX chunks_hash;
CREATE INDEX chunks_hash ON chunks (substr(hash, 1, 4));
