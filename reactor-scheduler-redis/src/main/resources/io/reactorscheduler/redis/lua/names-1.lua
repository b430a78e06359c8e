-- The names of executions, so many from a place on: of claimed ones (e) or of finished ones (f).
-- USES: base
-- KEYS: prefix
-- ARGV: e or f, first place, last place
-- RETURNS: now, names (fence:number:id, of skipped ones fence:number-skipped-from:id)
return { out(now), call('ZRANGE', P .. ARGV[1], ARGV[2], ARGV[3]) }
