-- Entries of the journal after a place.
-- USES: base
-- KEYS: prefix
-- ARGV: from where (as XRANGE takes it, empty for the end), the most entries
-- RETURNS: now, the place to go on after, whether entries after the given place are gone, entries (place and text, none
--   of an entry that is not ours)
local stream = P .. 'j'
if ARGV[1] == '' then
  local last = call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  return { out(now), last and last[1] or '0-0', '', {} }
end

local function parts(place)
  local millis, number = string.match(place, '^%(?(%d+)-(%d+)$')
  return tonumber(millis), tonumber(number)
end

local function last_deleted()
  local info = call('XINFO', 'STREAM', stream)
  for i = 1, #info, 2 do
    if info[i] == 'max-deleted-entry-id' then return parts(info[i + 1]) end
  end
  return 0, 0
end

-- whether entries after the asked one were trimmed, or the stream was made anew
local function is_gone(from)
  if call('EXISTS', stream) == 0 then return true end
  local millis, number = parts(from)
  local deleted, deleted_number = last_deleted()
  if millis == deleted and number == deleted_number then return false end
  if millis < deleted or (millis == deleted and number < deleted_number) then return true end
  local asked = string.gsub(from, '^%(', '')
  return #call('XRANGE', stream, asked, asked) == 0
end

local found, place = {}, ARGV[1]
local is_start = ARGV[1] == '0-0' or ARGV[1] == '(0-0'
local gone = not is_start and is_gone(ARGV[1])
for _, entry in ipairs(call('XRANGE', stream, ARGV[1], '+', 'COUNT', ARGV[2])) do
  place = entry[1]
  found[#found + 1] = { entry[1], entry[2][1] == 'v' and entry[2][2] }
end
if gone and #found == 0 then place = '0-0' end
return { out(now), place, gone and '1' or '', found }
