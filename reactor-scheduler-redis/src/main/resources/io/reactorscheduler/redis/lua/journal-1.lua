-- Entries of the journal after a place.
-- USES: base
-- KEYS: prefix
-- ARGV: from where as XRANGE takes it, empty for the end; the most entries
-- RETURNS: now, the place to go on after, whether entries after the given place are gone, entries: place and text
local stream = P .. 'j'
if ARGV[1] == '' then
  local last = call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  return { out(now), last and last[1] or '0-0', '', {} }
end

local function parts(place)
  local millis, number = string.match(place, '^%(?(%d+)-(%d+)$')
  return tonumber(millis), tonumber(number)
end

local gone = ''
if string.sub(ARGV[1], -3) ~= '0-0' and call('EXISTS', stream) == 1 then
  local info = call('XINFO', 'STREAM', stream)
  for i = 1, #info, 2 do
    if info[i] == 'max-deleted-entry-id' then
      local millis, number = parts(info[i + 1])
      local asked, asked_number = parts(ARGV[1])
      if millis > asked or (millis == asked and number > asked_number) then gone = '1' end
    end
  end
end
local found, place = {}, ARGV[1]
for _, entry in ipairs(call('XRANGE', stream, ARGV[1], '+', 'COUNT', ARGV[2])) do
  place = entry[1]
  found[#found + 1] = { entry[1], entry[2][2] }
end
return { out(now), place, gone, found }
