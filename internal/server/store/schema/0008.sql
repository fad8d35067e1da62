-- Of which login a token is, by 12 bytes, and which one of it: each is made for the
-- one before. Nothing, and 0, are of tokens that were made without.
DROP TRIGGER tokens_insert;
DROP TRIGGER tokens_update;
ALTER TABLE tokens ADD COLUMN family BLOB NOT NULL DEFAULT x'';
ALTER TABLE tokens ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
UPDATE tokens SET sum = checksum(hash, account, expires, device, family, turn);
CREATE TRIGGER tokens_insert AFTER INSERT ON tokens BEGIN
  UPDATE tokens SET sum = checksum(NEW.hash, NEW.account, NEW.expires, NEW.device, NEW.family, NEW.turn)
  WHERE hash = NEW.hash;
END;
CREATE TRIGGER tokens_update AFTER UPDATE OF hash, account, expires, device, family, turn ON tokens BEGIN
  UPDATE tokens SET sum = checksum(NEW.hash, NEW.account, NEW.expires, NEW.device, NEW.family, NEW.turn)
  WHERE hash = NEW.hash;
END;

-- From which network a token of an account was used that was used up, which its
-- owner is to be told at the next login; '' is nothing.
DROP TRIGGER accounts_insert;
DROP TRIGGER accounts_update;
ALTER TABLE accounts ADD COLUMN copied TEXT NOT NULL DEFAULT '';
UPDATE accounts SET sum = checksum(name, hash, legacy, banned, made, copied);
CREATE TRIGGER accounts_insert AFTER INSERT ON accounts BEGIN
  UPDATE accounts SET sum = checksum(NEW.name, NEW.hash, NEW.legacy, NEW.banned, NEW.made, NEW.copied)
  WHERE name = NEW.name;
END;
CREATE TRIGGER accounts_update AFTER UPDATE OF name, hash, legacy, banned, made, copied ON accounts BEGIN
  UPDATE accounts SET sum = checksum(NEW.name, NEW.hash, NEW.legacy, NEW.banned, NEW.made, NEW.copied)
  WHERE name = NEW.name;
END;
