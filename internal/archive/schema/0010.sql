-- Private lines are numbered within epochs: see wire.Epoch. '' is the one that versions
-- before had for all lines of a disk.

-- Of lines without a number it is seq.
ALTER TABLE outbox ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN after_epoch TEXT NOT NULL DEFAULT '';
ALTER TABLE lines ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
DROP INDEX private_own;
CREATE INDEX private_own ON lines (home, epoch, seq) WHERE place = '@' AND state <> '' AND seq > 0;

-- What was heard of each epoch of a device.
CREATE TABLE senders_by_epoch (
  id      INTEGER PRIMARY KEY,
  home    INTEGER NOT NULL,
  device  TEXT NOT NULL,
  epoch   TEXT NOT NULL,
  floor   INTEGER NOT NULL DEFAULT 0,
  numbers INTEGER NOT NULL DEFAULT 0,
  used    INTEGER NOT NULL,
  UNIQUE (home, device, epoch)
) STRICT;
INSERT INTO senders_by_epoch SELECT id, home, device, '', floor, numbers, used FROM senders;
DROP TABLE senders;
ALTER TABLE senders_by_epoch RENAME TO senders;

-- Sealed copies that earlier versions have left are opened by nobody any more: they
-- are made anew. What opens such copies for us is not needed either.
UPDATE outbox SET inbox = 0 WHERE private = 1 AND state = 'queued';
DELETE FROM prekeys;
