-- USES: define
-- Tasks that are saved for the first time: many at a time, written together by write_new_tasks.

local new_rows, new_ids, new_lines = {}, {}, {}

-- takes a place in line for a task that never had one; due as text where a double holds it
local function line_up(id, D, due_text)
  local Q, A, time = queue_of(D), lane(D), at(D.d)
  D.n = count('s', 0)
  local key = line(Q, A)
  local members = new_lines[key] or {}
  new_lines[key] = members
  local n = #members
  members[n + 1], members[n + 2] = type(D.d) == 'number' and due_text or time, member(D, id)
  Q.dirty[A] = true
  Q.news = math.min(Q.news, time)
end

local function add_new_task(id, D, due_text)
  count_state(D, nil, 'P')
  if D.d then line_up(id, D, due_text) end
  local n = #new_rows
  new_rows[n + 1], new_rows[n + 2] = id, cmsgpack.pack(D)
  new_ids[#new_ids + 1] = id
end

local function write_new_tasks()
  if #new_ids == 0 then return end
  for key, members in pairs(new_lines) do call('ZADD', key, unpack(members)) end
  call('HSET', P .. 't', unpack(new_rows))
  note_all('S', new_ids)
  new_rows, new_ids, new_lines = {}, {}, {}
end
