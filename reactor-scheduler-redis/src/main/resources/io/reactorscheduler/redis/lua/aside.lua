-- What cannot be read: told once, as a finding of the next sweep, and kept. The hash B has it by where it stands, with an empty
-- text where it was left, else with the row, because it had to leave its line. Of ten thousand and more it forgets some that
-- were left, which are told again; a row that was moved is never forgotten, and takes up no more than where it was. D has
-- findings to be told.

local P = KEYS[1]
local call = redis.call
local MOST_ASIDE, FORGETTABLE = 10000, 20
local MOST_FINDINGS = 1000

local function find(finding)
  if call('SCARD', P .. 'D') < MOST_FINDINGS then call('SADD', P .. 'D', finding) end
end

-- one of those that were left, if there is one among some
local function forget_one()
  local some = call('HRANDFIELD', P .. 'B', FORGETTABLE, 'WITHVALUES')
  for i = 1, #some, 2 do
    if some[i + 1] == '' then return call('HDEL', P .. 'B', some[i]) end
  end
end

local function tell_once(place, raw, finding)
  local is_new = call(raw == '' and 'HSETNX' or 'HSET', P .. 'B', place, raw) == 1
  if not is_new then return end
  find(finding)
  if call('HLEN', P .. 'B') > MOST_ASIDE then forget_one() end
end

-- a field of a hash that stays as it is; the row of a task where it is of the hash t
local function leave_field(hash, field)
  local what = hash == 't' and 'the row of task "' or 'field "'
  tell_once(hash .. ':' .. field, '', what .. field .. (hash == 't' and '"' or '" of "' .. hash .. '"')
    .. ' cannot be read; it was left as it is')
end

-- a field that is no longer kept, with what it has
local function keep_field(hash, field, raw)
  tell_once(hash .. ':' .. field, raw, 'field "' .. field .. '" of "' .. hash .. '" cannot be read; it was moved to "B"')
end

-- an element of a list or a set that stays as it is, or had to leave
local function element_at(key, raw) return key .. ' ' .. redis.sha1hex(raw) end

local function leave_row(key, raw)
  tell_once(element_at(key, raw), '', 'a row of "' .. key .. '" cannot be read; it was left as it is')
end

local function set_aside(key, raw, why)
  tell_once(element_at(key, raw), raw, 'a row of "' .. key .. '" ' .. (why or 'cannot be read') .. '; it was moved to "B"')
end

-- a field that will be written over
local function copy_field(hash, field, raw)
  tell_once(hash .. ' ' .. field, raw, 'field "' .. field .. '" of "' .. hash .. '" is no number and was taken for none; it was '
    .. 'copied to "B"')
end

-- whether a field can be counted on; Lua reads more texts as numbers than Redis does
local function is_count(raw) return raw == '0' or #raw < 19 and string.find(raw, '^%-?[1-9]%d*$') ~= nil end

-- counts a field on; one that is no number starts anew
local function count_on(hash, field, by)
  local n = redis.pcall('HINCRBY', P .. hash, field, by)
  if type(n) == 'number' then return n end
  local raw = call('HGET', P .. hash, field)
  -- fails as before, or does it where the key was of another type
  if not raw or is_count(raw) then return call('HINCRBY', P .. hash, field, by) end
  copy_field(hash, field, raw)
  call('HSET', P .. hash, field, by)
  return by
end
