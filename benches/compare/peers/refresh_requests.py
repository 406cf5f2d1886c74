"""Every user of the tenant into a table, by the paged query: the requests library and sqlite3."""
import json
import sqlite3
import sys

import requests

base_url, path = sys.argv[1:3]
session = requests.Session()
session.headers["x-access-token"] = "any"
store = sqlite3.connect(path)
store.execute("pragma journal_mode = wal")
store.execute("create table users (id text primary key, object text not null)")
start = 0
while True:
    answer = session.get(f"{base_url}/seiapi/v3/query/Users/", params={"start": start, "limit": 500})
    answer.raise_for_status()
    users = answer.json()
    users = users["Users"] if isinstance(users, dict) else users
    if not users:
        break
    store.executemany("insert or replace into users values (?, ?)", [(user["UserID"], json.dumps(user)) for user in users])
    store.commit()
    start += len(users)
print(start, "users")
