-- What a client keeps of private conversations.

-- The private half of this device's key (an ed25519 seed, made by the program),
-- and whether others are told that we are typing, and what we have read.
ALTER TABLE profile ADD COLUMN seed BLOB NOT NULL DEFAULT x'';
ALTER TABLE profile ADD COLUMN typing INTEGER NOT NULL DEFAULT 1;
ALTER TABLE profile ADD COLUMN reading INTEGER NOT NULL DEFAULT 1;

-- A private line of the outbox goes to a device, encrypted, and seq is its
-- number there; the others go to the server as they are. device is the only key
-- that the line may go to, '' for any that is trusted. inbox: a sealed copy
-- waits at the server.
ALTER TABLE outbox ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN device TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_private ON outbox (home, seq) WHERE private = 1 AND state = 'queued';

-- Keys of other people's devices, and of our account's.
CREATE TABLE devices (
  seq      INTEGER PRIMARY KEY,
  home     INTEGER NOT NULL,
  user_key TEXT NOT NULL,
  user     TEXT NOT NULL,
  key      TEXT NOT NULL,
  state    TEXT NOT NULL,
  since    INTEGER NOT NULL,
  lines    INTEGER NOT NULL,
  UNIQUE (home, user_key, key)
) STRICT;
CREATE INDEX devices_by_key ON devices (home, key);

-- People of private conversations. met: they were accepted once.
CREATE TABLE contacts (
  seq      INTEGER PRIMARY KEY,
  home     INTEGER NOT NULL,
  key      TEXT NOT NULL,
  user     TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  met      INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  secure   INTEGER NOT NULL,
  mode     TEXT NOT NULL,
  UNIQUE (home, key)
) STRICT;

-- Devices that have sent us lines. All numbers up to floor count as heard;
-- numbers is how many above it are in heard, used is when the last one came.
CREATE TABLE senders (
  id      INTEGER PRIMARY KEY,
  home    INTEGER NOT NULL,
  device  TEXT NOT NULL,
  floor   INTEGER NOT NULL DEFAULT 0,
  numbers INTEGER NOT NULL DEFAULT 0,
  used    INTEGER NOT NULL,
  UNIQUE (home, device)
) STRICT;
CREATE TABLE heard (
  sender INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (sender, number)
) STRICT, WITHOUT ROWID;

-- Private halves of the keys that sealed lines can be left for us with.
CREATE TABLE prekeys (
  seq     INTEGER PRIMARY KEY,
  home    INTEGER NOT NULL,
  id      TEXT NOT NULL,
  key     BLOB NOT NULL,
  expires INTEGER NOT NULL,
  UNIQUE (home, id)
) STRICT;
CREATE INDEX prekeys_by_expiry ON prekeys (expires);

CREATE TABLE transfers (
  seq      INTEGER PRIMARY KEY,
  home     INTEGER NOT NULL,
  id       TEXT NOT NULL,
  user_key TEXT NOT NULL,
  user     TEXT NOT NULL,
  device   TEXT NOT NULL,
  out      INTEGER NOT NULL,
  name     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  done     INTEGER NOT NULL,
  sha256   TEXT NOT NULL,
  state    TEXT NOT NULL,
  reason   TEXT NOT NULL,
  file     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  UNIQUE (home, id)
) STRICT;
