-- USES: base
-- Keys of a queue or a task that are of another type than theirs, because something else wrote them: a sweep moves them out of
-- the way, behind B:, and goes on. A key that has something of all tasks is not moved; that a sweep fails says so.

local TYPES = {
  w = 'zset', k = 'zset', r = 'zset', s = 'zset', l = 'zset', b = 'set', n = 'hash', u = 'string', a = 'list', h = 'list',
  y = 'list',
}

-- moves a key if it is of another type than its name says; gives whether it was
local function make_way(key)
  local name = string.sub(key, #P + 1)
  local type_of = string.sub(key, 1, #P) == P and TYPES[string.match(name, '^(%a):')]
  local kind = type_of and call('TYPE', key).ok
  if not type_of or kind == type_of or kind == 'none' then return false end
  local to = P .. 'B:' .. out(now) .. ':' .. name
  call('RENAME', key, to)
  tell_once(string.sub(to, #P + 1), '', '"' .. name .. '" was in the way, a ' .. kind .. ' that something else wrote; it was moved to "'
    .. string.sub(to, #P + 1) .. '"')
  return true
end

-- all parts that a script is put together from call by this
local function make_way_and_call(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  if string.find(reply.err, '^WRONGTYPE') and make_way(key) then return redis.call(command, key, ...) end
  error(reply)
end
call = make_way_and_call
