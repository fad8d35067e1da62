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
