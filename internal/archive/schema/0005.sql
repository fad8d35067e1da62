-- Lines typed into the composer, each for the conversation of a server that it
-- belongs to. Of the lines that were kept without one nobody knows who may see
-- them: they are not offered any more.
DROP TABLE inputs;
CREATE TABLE inputs (
  seq   INTEGER PRIMARY KEY AUTOINCREMENT,
  home  INTEGER NOT NULL,
  place TEXT NOT NULL,
  line  TEXT NOT NULL
) STRICT;
CREATE INDEX inputs_by_place ON inputs (home, place, seq);

-- Drafts are a server's, too: a person of the same name elsewhere is another one.
ALTER TABLE drafts RENAME TO drafts_before;
CREATE TABLE drafts (
  seq   INTEGER PRIMARY KEY AUTOINCREMENT,
  home  INTEGER NOT NULL,
  place TEXT NOT NULL,
  text  TEXT NOT NULL,
  UNIQUE (home, place)
) STRICT;
INSERT INTO drafts (seq, home, place, text)
  SELECT seq, coalesce((SELECT home FROM profile), 0), place, text FROM drafts_before ORDER BY seq;
DROP TABLE drafts_before;
