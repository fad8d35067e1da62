-- A database of version 5, with a row of each kind.
CREATE TABLE log (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  last INTEGER NOT NULL,
  node TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
  name   TEXT NOT NULL PRIMARY KEY,
  hash   TEXT NOT NULL,
  legacy INTEGER NOT NULL,
  banned TEXT NOT NULL,
  made   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  hash    BLOB NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_account ON tokens (account);
CREATE INDEX tokens_by_expires ON tokens (expires);

ALTER TABLE tokens ADD COLUMN device TEXT NOT NULL DEFAULT '';

CREATE TABLE rooms (
  id    INTEGER PRIMARY KEY,
  name  TEXT NOT NULL UNIQUE,
  topic TEXT NOT NULL,
  owner TEXT NOT NULL,
  made  INTEGER NOT NULL
) STRICT;

-- Lines lie together room by room, in the order in which they are read.
CREATE TABLE lines (
  room   INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  id     INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  sender TEXT NOT NULL,
  kind   TEXT NOT NULL,
  action INTEGER NOT NULL,
  text   TEXT NOT NULL,
  PRIMARY KEY (room, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE marks (
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  room    INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  last    INTEGER NOT NULL,
  PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_by_room ON marks (room);

CREATE TABLE inbox (
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  id      INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  sender  TEXT NOT NULL,
  kind    TEXT NOT NULL,
  action  INTEGER NOT NULL,
  text    TEXT NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- What a client sends again is found here, for 30 days. There is no index by
-- time: pruning goes through the table in its own order.
CREATE TABLE keys (
  profile TEXT NOT NULL,
  client  TEXT NOT NULL,
  id      INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (profile, client)
) STRICT, WITHOUT ROWID;

ALTER TABLE rooms ADD COLUMN multicast TEXT NOT NULL DEFAULT '';

-- The devices that accounts hold private conversations with: their public keys
-- in order of coming, and which other one has signed each; '' is none.
CREATE TABLE devices (
  account   TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  key       TEXT NOT NULL,
  id        INTEGER NOT NULL,
  made      INTEGER NOT NULL,
  signer    TEXT NOT NULL DEFAULT '',
  signature BLOB NOT NULL DEFAULT x'',
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

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

INSERT INTO log VALUES (1, 1882545165946585095, '00112233445566778899aabbccddeeff');
INSERT INTO accounts VALUES ('ann', 'hash of ann', 0, 'spam', 1795334974001), ('bob', 'hash of bob', 1, '', 1795334974000);
INSERT INTO tokens VALUES (x'0100000000000000000000000000000000000000000000000000000000000001', 'bob', 4102444800000, 'key of the phone');
INSERT INTO rooms VALUES (1, 'lobby', '', '', 1795334973000, ''), (2, 'den', 'cats', 'bob', 1795334974002, '224.1.1.1:5007');
INSERT INTO lines VALUES (2, 1882545165946585093, 1795334974238, 'bob', 'account', 0, 'meow'),
  (2, 1882545165946585094, 1795334974238, 'Anonymous1', 'old', 1, 'barks');
INSERT INTO marks VALUES ('bob', 2, 1882545165946585093);
INSERT INTO inbox VALUES ('bob', 1882545165946585095, 1795334974238, 'ann', 'account', 0, 'psst');
INSERT INTO inbox VALUES ('ann', 1882545165946585094, 1795334974238, 'bob', 'account', 0, '');
INSERT INTO notes VALUES ('ann', 1882545165946585094, 'device', 'k1', 'other', 7, x'0102', x'0304');
INSERT INTO devices VALUES ('ann', 'device', 1882545165946585090, 1795334974000, '', x'');
INSERT INTO prekeys VALUES ('ann', 'device', 'k1', x'0707070707070707070707070707070707070707070707070707070707070707', 4102444800000, 1, x'0102', 1882545165946585093, 1882545165946585093, 0);
INSERT INTO devices VALUES ('bob', 'key of the phone', 1882545165946585091, 1795334974100, '', x''),
  ('bob', 'key of the laptop', 1882545165946585092, 1795334974200, 'key of the phone', x'0102');
INSERT INTO keys VALUES ('0123456789abcdef0123456789abcdef', 'c1', 1882545165946585093, 1795334974238);
PRAGMA application_id = 0x6c637364;
PRAGMA user_version = 5;
