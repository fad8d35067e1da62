-- What is missing of a room is known.

-- All lines of a room from first to seen are here, but for those of its holes.
-- since is the newest line of when we came in first.
ALTER TABLE rooms ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN first INTEGER NOT NULL DEFAULT 0;

-- Parts of a room, by the ids of their first and last line, of which lines may be
-- missing. gone: the server does not have them either.
CREATE TABLE holes (
  home   INTEGER NOT NULL,
  key    TEXT NOT NULL,
  first  INTEGER NOT NULL,
  last   INTEGER NOT NULL,
  gone   INTEGER NOT NULL,
  PRIMARY KEY (home, key, first)
) STRICT, WITHOUT ROWID;

-- Up to seen all lines were here. Lines above it are, but maybe not all.
UPDATE rooms SET since = seen, first = coalesce((SELECT min(id) FROM lines WHERE home = rooms.home AND place = '#' || key), seen + 1)
  WHERE seen > 0;
UPDATE rooms SET first = min(first, seen + 1) WHERE seen > 0;
INSERT INTO holes (home, key, first, last, gone)
  SELECT home, key, seen + 1, (SELECT max(id) FROM lines WHERE home = rooms.home AND place = '#' || key) - 1, 0 FROM rooms
  WHERE seen > 0 AND seen + 1 < (SELECT max(id) FROM lines WHERE home = rooms.home AND place = '#' || key);
UPDATE rooms SET seen = max(seen, coalesce((SELECT max(id) FROM lines WHERE home = rooms.home AND place = '#' || key), 0))
  WHERE seen > 0;
