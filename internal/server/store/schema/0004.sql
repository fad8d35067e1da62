-- What only the receiver's device can open of a line in the inbox. The line's
-- row there has no text.
CREATE TABLE notes (
  account TEXT NOT NULL,
  id      INTEGER NOT NULL,
  device  TEXT NOT NULL,
  prekey  TEXT NOT NULL,
  signer  TEXT NOT NULL,
  seq     INTEGER NOT NULL,
  box     BLOB NOT NULL,
  sig     BLOB NOT NULL,
  PRIMARY KEY (account, id),
  FOREIGN KEY (account, id) REFERENCES inbox ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Prekeys that wait, of devices of their account. added is the id of the entry
-- that brought one and place its place in it, given the id of the newest entry of
-- the device.
CREATE TABLE prekeys (
  account TEXT NOT NULL,
  device  TEXT NOT NULL,
  id      TEXT NOT NULL,
  key     BLOB NOT NULL,
  expires INTEGER NOT NULL,
  last    INTEGER NOT NULL,
  sig     BLOB NOT NULL,
  given   INTEGER NOT NULL,
  added   INTEGER NOT NULL,
  place   INTEGER NOT NULL,
  PRIMARY KEY (account, device, id),
  FOREIGN KEY (account, device) REFERENCES devices ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
