-- A database of version 8, with a row of each kind.
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
ALTER TABLE log ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lines ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE marks ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notes ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE prekeys ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;

UPDATE log SET sum = 1995325055 WHERE one = 1;
UPDATE lines SET sum = -713217247 WHERE room = 2 AND id = 1882545165946585093;
UPDATE lines SET sum = -1396002761 WHERE room = 2 AND id = 1882545165946585094;
UPDATE keys SET sum = -889146096 WHERE profile = '0123456789abcdef0123456789abcdef' AND client = 'c1';
UPDATE accounts SET sum = -1767575347 WHERE name = 'ann';
UPDATE accounts SET sum = 742709142 WHERE name = 'bob';
UPDATE tokens SET sum = 1431564942 WHERE hash = x'0100000000000000000000000000000000000000000000000000000000000001';
UPDATE rooms SET sum = 1742693024 WHERE id = 1;
UPDATE rooms SET sum = 20387629 WHERE id = 2;
UPDATE marks SET sum = -1326971782 WHERE account = 'bob' AND room = 2;
UPDATE inbox SET sum = -204701590 WHERE account = 'ann' AND id = 1882545165946585094;
UPDATE inbox SET sum = 513722917 WHERE account = 'bob' AND id = 1882545165946585095;
UPDATE devices SET sum = -1900818061 WHERE account = 'ann' AND key = 'device';
UPDATE devices SET sum = -1912942330 WHERE account = 'bob' AND key = 'key of the laptop';
UPDATE devices SET sum = -308003164 WHERE account = 'bob' AND key = 'key of the phone';
UPDATE notes SET sum = 703417411 WHERE account = 'ann' AND id = 1882545165946585094;
UPDATE prekeys SET sum = 312671130 WHERE account = 'ann' AND device = 'device' AND id = 'k1';

CREATE TRIGGER accounts_insert AFTER INSERT ON accounts BEGIN
  UPDATE accounts SET sum = checksum(NEW.name, NEW.hash, NEW.legacy, NEW.banned, NEW.made)
  WHERE name = NEW.name;
END;
CREATE TRIGGER accounts_update AFTER UPDATE OF name, hash, legacy, banned, made ON accounts BEGIN
  UPDATE accounts SET sum = checksum(NEW.name, NEW.hash, NEW.legacy, NEW.banned, NEW.made)
  WHERE name = NEW.name;
END;

CREATE TRIGGER tokens_insert AFTER INSERT ON tokens BEGIN
  UPDATE tokens SET sum = checksum(NEW.hash, NEW.account, NEW.expires, NEW.device)
  WHERE hash = NEW.hash;
END;
CREATE TRIGGER tokens_update AFTER UPDATE OF hash, account, expires, device ON tokens BEGIN
  UPDATE tokens SET sum = checksum(NEW.hash, NEW.account, NEW.expires, NEW.device)
  WHERE hash = NEW.hash;
END;

CREATE TRIGGER rooms_insert AFTER INSERT ON rooms BEGIN
  UPDATE rooms SET sum = checksum(NEW.id, NEW.name, NEW.topic, NEW.owner, NEW.made, NEW.multicast)
  WHERE id = NEW.id;
END;
CREATE TRIGGER rooms_update AFTER UPDATE OF id, name, topic, owner, made, multicast ON rooms BEGIN
  UPDATE rooms SET sum = checksum(NEW.id, NEW.name, NEW.topic, NEW.owner, NEW.made, NEW.multicast)
  WHERE id = NEW.id;
END;

CREATE TRIGGER marks_insert AFTER INSERT ON marks BEGIN
  UPDATE marks SET sum = checksum(NEW.account, NEW.room, NEW.last)
  WHERE account = NEW.account AND room = NEW.room;
END;
CREATE TRIGGER marks_update AFTER UPDATE OF account, room, last ON marks BEGIN
  UPDATE marks SET sum = checksum(NEW.account, NEW.room, NEW.last)
  WHERE account = NEW.account AND room = NEW.room;
END;

CREATE TRIGGER inbox_insert AFTER INSERT ON inbox BEGIN
  UPDATE inbox SET sum = checksum(NEW.account, NEW.id, NEW.at, NEW.sender, NEW.kind, NEW.action, NEW.text)
  WHERE account = NEW.account AND id = NEW.id;
END;
CREATE TRIGGER inbox_update AFTER UPDATE OF account, id, at, sender, kind, action, text ON inbox BEGIN
  UPDATE inbox SET sum = checksum(NEW.account, NEW.id, NEW.at, NEW.sender, NEW.kind, NEW.action, NEW.text)
  WHERE account = NEW.account AND id = NEW.id;
END;

CREATE TRIGGER devices_insert AFTER INSERT ON devices BEGIN
  UPDATE devices SET sum = checksum(NEW.account, NEW.key, NEW.id, NEW.made, NEW.signer, NEW.signature)
  WHERE account = NEW.account AND key = NEW.key;
END;
CREATE TRIGGER devices_update AFTER UPDATE OF account, key, id, made, signer, signature ON devices BEGIN
  UPDATE devices SET sum = checksum(NEW.account, NEW.key, NEW.id, NEW.made, NEW.signer, NEW.signature)
  WHERE account = NEW.account AND key = NEW.key;
END;

CREATE TRIGGER notes_insert AFTER INSERT ON notes BEGIN
  UPDATE notes SET sum = checksum(NEW.account, NEW.id, NEW.device, NEW.prekey, NEW.signer, NEW.seq, NEW.box, NEW.sig)
  WHERE account = NEW.account AND id = NEW.id;
END;
CREATE TRIGGER notes_update AFTER UPDATE OF account, id, device, prekey, signer, seq, box, sig ON notes BEGIN
  UPDATE notes SET sum = checksum(NEW.account, NEW.id, NEW.device, NEW.prekey, NEW.signer, NEW.seq, NEW.box, NEW.sig)
  WHERE account = NEW.account AND id = NEW.id;
END;

CREATE TRIGGER prekeys_insert AFTER INSERT ON prekeys BEGIN
  UPDATE prekeys SET sum = checksum(NEW.account, NEW.device, NEW.id, NEW.key, NEW.expires, NEW.last, NEW.sig, NEW.given, NEW.added, NEW.place)
  WHERE account = NEW.account AND device = NEW.device AND id = NEW.id;
END;
CREATE TRIGGER prekeys_update AFTER UPDATE OF account, device, id, key, expires, last, sig, given, added, place ON prekeys BEGIN
  UPDATE prekeys SET sum = checksum(NEW.account, NEW.device, NEW.id, NEW.key, NEW.expires, NEW.last, NEW.sig, NEW.given, NEW.added, NEW.place)
  WHERE account = NEW.account AND device = NEW.device AND id = NEW.id;
END;

CREATE TABLE visits (
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  device  TEXT NOT NULL,
  network TEXT NOT NULL,
  id      INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  sum     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, device, network)
) STRICT, WITHOUT ROWID;
INSERT INTO visits VALUES ('bob', '0123456789abcdef0123456789abcdef', '192.0.2.7', 1882545165946585090, 1795334974100, 2090112890);
CREATE TRIGGER visits_insert AFTER INSERT ON visits BEGIN
  UPDATE visits SET sum = checksum(NEW.account, NEW.device, NEW.network, NEW.id, NEW.at)
  WHERE account = NEW.account AND device = NEW.device AND network = NEW.network;
END;
CREATE TRIGGER visits_update AFTER UPDATE OF account, device, network, id, at ON visits BEGIN
  UPDATE visits SET sum = checksum(NEW.account, NEW.device, NEW.network, NEW.id, NEW.at)
  WHERE account = NEW.account AND device = NEW.device AND network = NEW.network;
END;

CREATE TABLE talked (
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  peer    TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  id      INTEGER NOT NULL,
  sum     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX talked_by_peer ON talked (peer);
INSERT INTO talked VALUES ('bob', 'ann', 1882545165946585091, 1740222606);
CREATE TRIGGER talked_insert AFTER INSERT ON talked BEGIN
  UPDATE talked SET sum = checksum(NEW.account, NEW.peer, NEW.id)
  WHERE account = NEW.account AND peer = NEW.peer;
END;
CREATE TRIGGER talked_update AFTER UPDATE OF account, peer, id ON talked BEGIN
  UPDATE talked SET sum = checksum(NEW.account, NEW.peer, NEW.id)
  WHERE account = NEW.account AND peer = NEW.peer;
END;

DROP TRIGGER rooms_insert;
DROP TRIGGER rooms_update;
ALTER TABLE rooms ADD COLUMN network TEXT NOT NULL DEFAULT '';
UPDATE rooms SET sum = 984761014 WHERE id = 1;
UPDATE rooms SET sum = 111634946 WHERE id = 2;
CREATE TRIGGER rooms_insert AFTER INSERT ON rooms BEGIN
  UPDATE rooms SET sum = checksum(NEW.id, NEW.name, NEW.topic, NEW.owner, NEW.made, NEW.multicast, NEW.network)
  WHERE id = NEW.id;
END;
CREATE TRIGGER rooms_update AFTER UPDATE OF id, name, topic, owner, made, multicast, network ON rooms BEGIN
  UPDATE rooms SET sum = checksum(NEW.id, NEW.name, NEW.topic, NEW.owner, NEW.made, NEW.multicast, NEW.network)
  WHERE id = NEW.id;
END;

DROP TRIGGER inbox_insert;
DROP TRIGGER inbox_update;
ALTER TABLE inbox ADD COLUMN network TEXT NOT NULL DEFAULT '';
UPDATE inbox SET sum = 1463836418 WHERE account = 'ann' AND id = 1882545165946585094;
UPDATE inbox SET sum = -1404148405 WHERE account = 'bob' AND id = 1882545165946585095;
CREATE TRIGGER inbox_insert AFTER INSERT ON inbox BEGIN
  UPDATE inbox SET sum = checksum(NEW.account, NEW.id, NEW.at, NEW.sender, NEW.kind, NEW.action, NEW.text, NEW.network)
  WHERE account = NEW.account AND id = NEW.id;
END;
CREATE TRIGGER inbox_update AFTER UPDATE OF account, id, at, sender, kind, action, text, network ON inbox BEGIN
  UPDATE inbox SET sum = checksum(NEW.account, NEW.id, NEW.at, NEW.sender, NEW.kind, NEW.action, NEW.text, NEW.network)
  WHERE account = NEW.account AND id = NEW.id;
END;

DROP TRIGGER tokens_insert;
DROP TRIGGER tokens_update;
ALTER TABLE tokens ADD COLUMN family BLOB NOT NULL DEFAULT x'';
ALTER TABLE tokens ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
UPDATE tokens SET family = x'0102030405060708090a0b0c', turn = 7, sum = 565247987;
CREATE TRIGGER tokens_insert AFTER INSERT ON tokens BEGIN
  UPDATE tokens SET sum = checksum(NEW.hash, NEW.account, NEW.expires, NEW.device, NEW.family, NEW.turn)
  WHERE hash = NEW.hash;
END;
CREATE TRIGGER tokens_update AFTER UPDATE OF hash, account, expires, device, family, turn ON tokens BEGIN
  UPDATE tokens SET sum = checksum(NEW.hash, NEW.account, NEW.expires, NEW.device, NEW.family, NEW.turn)
  WHERE hash = NEW.hash;
END;

DROP TRIGGER accounts_insert;
DROP TRIGGER accounts_update;
ALTER TABLE accounts ADD COLUMN copied TEXT NOT NULL DEFAULT '';
UPDATE accounts SET sum = -601926983 WHERE name = 'ann';
UPDATE accounts SET copied = '192.0.2.9', sum = 52308021 WHERE name = 'bob';
CREATE TRIGGER accounts_insert AFTER INSERT ON accounts BEGIN
  UPDATE accounts SET sum = checksum(NEW.name, NEW.hash, NEW.legacy, NEW.banned, NEW.made, NEW.copied)
  WHERE name = NEW.name;
END;
CREATE TRIGGER accounts_update AFTER UPDATE OF name, hash, legacy, banned, made, copied ON accounts BEGIN
  UPDATE accounts SET sum = checksum(NEW.name, NEW.hash, NEW.legacy, NEW.banned, NEW.made, NEW.copied)
  WHERE name = NEW.name;
END;

PRAGMA application_id = 0x6c637364;
PRAGMA user_version = 8;
