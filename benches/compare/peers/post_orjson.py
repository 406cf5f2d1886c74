"""Posts the people of an export in chunks of 200: orjson and http.client, one connection, rows as they come."""
import csv
import http.client
import sys
from itertools import islice

import orjson

path, base_url = sys.argv[1:3]
connection = http.client.HTTPConnection(base_url.removeprefix("http://"))
headers = {"x-access-token": "any", "Content-Type": "application/json"}
posted = 0
with open(path, newline="", encoding="utf-8") as file:
    rows = csv.reader(file)
    names = next(rows)
    while chunk := list(islice(rows, 200)):
        users = []
        for cells in chunk:
            row = dict(zip(names, cells))
            row.pop("Remarks")
            row["Activated"] = row["Activated"] == "true"
            row["IsMobileWorker"] = row["IsMobileWorker"] == "true"
            row["Phones"] = [{"PhoneNum": row.pop("Phones.Mobile"), "PhoneType": "Mobile"}]
            row["Extensions"] = {"CostCenter": row.pop("Extensions.CostCenter")}
            users.append(row)
        connection.request("POST", "/seiapi/v3/bulk/Users", orjson.dumps({"Users": users}), headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        posted += len(users)
print(posted, "posted")
