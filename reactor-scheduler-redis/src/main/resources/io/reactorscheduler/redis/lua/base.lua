-- USES: aside
-- What every script begins with: the prefix of its keys, the time of the server, numbers, packed rows, news for nodes.
-- Times are epoch microseconds. Doubles hold them exactly up to the year 2255; later ones stay text.

local clock = call('TIME')
local now = clock[1] * 1000000 + clock[2]
-- math is not there yet when functions are loaded
local NEVER = 1 / 0
local EXACT = 9007199254740992
-- how far a double may be above a time that it cannot hold
local ROUNDED = 64

-- an argument as a number where a double holds it, else as text; nil for none
local function num(text)
  if text == nil or text == '' then return nil end
  local n = tonumber(text)
  if n > -EXACT and n < EXACT then return n end
  return text
end

-- a time to order by, never later than it is
local function at(time)
  if type(time) == 'string' then return tonumber(time) - ROUNDED end
  return time
end

-- an argument, nil for none
local function some(text)
  if text ~= '' then return text end
  return nil
end

-- a number for a reply: all digits, or text as it is; false for none
local function out(n)
  if n == nil then return false end
  if type(n) == 'number' then return string.format('%d', n) end
  return n
end

-- the table that was packed; nil for a row that is damaged or not ours
local function unpacked(raw)
  if not raw then return nil end
  local ok, row = pcall(cmsgpack.unpack, raw)
  if ok and type(row) == 'table' then return row end
  return nil
end

-- counters of the partition: s sequence of arrivals, f last fence, h last place in the history; J journal entries kept
local COUNTED = { 's', 'f', 'h', 'J' }
local meta = nil
local changed = {}

local function counter(name)
  if not meta then
    local row = call('HMGET', P .. 'm', unpack(COUNTED))
    local function number(at, otherwise)
      if row[at] and not tonumber(row[at]) then copy_field('m', COUNTED[at], row[at]) end
      return tonumber(row[at] or '') or otherwise
    end
    meta = { s = number(1, 0), f = number(2, 0), h = number(3, 0), J = number(4, 2000) }
  end
  return meta[name]
end

-- counts some on, one for nothing else said; gives the first number
local function count(name, least, some)
  local n = math.max(counter(name), least) + 1
  meta[name] = n + (some or 1) - 1
  changed[name] = true
  return n
end

-- tells all nodes
local function tell(kind, number, subject)
  call('PUBLISH', P .. 'hints', kind .. string.format('%.0f', number) .. ':' .. subject)
end
