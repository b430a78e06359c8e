-- USES: journal
-- A task is one packed row of the hash t. Fields that have their default are left out:
-- h handler, q queue (default), p priority (0), k key, t trigger (NOW), r repeats, o overlaps, i input, x other settings;
-- s state (PENDING), d head due, f head fire (d), b buffered until, H number that took the head, m saved without a head;
-- n place in line, N numbers given, c numbers claimed, u fire times used, z number at the cancel, y fire time then;
-- e open executions by number, X number and D first due of the asked ones, C crashes in a row and B the last fence then,
-- Q was quarantined, Y has events, g is in z;
-- v version of the definition, w executions by older version.
-- An open execution: w waits again, f fence, n node, l claimed at, a attempt (1), F fire, D due, d due again, b buffered until,
-- x asked for, i input, u fired, r waits for a retry, p a node reported that, g detached, z replaced, k key, q queue it holds the key in,
-- E error, S started, v version, c to be ended by its owner.

local KINDS = {
  h = 'string', q = 'string', p = 'number', k = 'string', t = 'string', i = 'string', x = 'string', s = 'string',
  d = 'time', f = 'time', b = 'time', y = 'time', H = 'number', n = 'number', N = 'number', c = 'number', u = 'number',
  z = 'number', X = 'number', D = 'time', C = 'number', B = 'number', v = 'number', e = 'table', w = 'table',
}
local KINDS_OF_OPEN = {
  f = 'number', n = 'string', l = 'time', a = 'number', F = 'time', D = 'time', d = 'time', b = 'time', i = 'string',
  k = 'string', q = 'string', v = 'number',
}

local function is_sound(row, kinds)
  for name, value in pairs(row) do
    local kind, has = kinds[name], type(value)
    if kind and kind ~= has and not (kind == 'time' and (has == 'number' or tonumber(value))) then return false end
  end
  return true
end

-- the task of a row; nil for one that is damaged or not ours
local function as_task(raw)
  local T = unpacked(raw)
  if not T or not T.h or not is_sound(T, KINDS) then return nil end
  for number, E in pairs(T.e or {}) do
    local is_open = type(number) == 'number' and type(E) == 'table' and E.f and E.F
    if not is_open or not is_sound(E, KINDS_OF_OPEN) then return nil end
  end
  return T
end

-- the task of an id; nil for none, with true where its row is there and cannot be read
local function task(id)
  local raw = call('HGET', P .. 't', id)
  local T = as_task(raw)
  return T, not T and raw and true or false
end

local function keep(id, T)
  if T.e and not next(T.e) then T.e = nil end
  if T.w and not next(T.w) then T.w = nil end
  call('HSET', P .. 't', id, cmsgpack.pack(T))
end

-- how many executions are claimed, and the number of the first that waits to be claimed again
local function open(T)
  local active, first = 0, nil
  for number, E in pairs(T.e or {}) do
    if not E.w then
      active = active + 1
    elseif not first then
      first = number
    else
      local mine, best = at(E.d), at(T.e[first].d)
      if mine < best or (mine == best and number < first) then first = number end
    end
  end
  return active, first
end

-- when something of it can be claimed, to order by and exactly; NEVER when that depends on something else than time
local function due(T)
  local active, first = 0, nil
  if T.e then active, first = open(T) end
  local best = nil
  if first then best = T.e[first].d end
  if not T.o then
    if active > 0 then return NEVER, nil end
    if first then return at(best), best end
  end
  local earliest = best and at(best) or NEVER
  if T.d and not T.z and at(T.d) < earliest then earliest, best = at(T.d), T.d end
  if T.X and at(T.D) < earliest then earliest, best = at(T.D), T.D end
  return earliest, best
end
