"""Posts the people of an export in chunks of 200: the requests library with eight threads, as such scripts are written."""
import csv
import sys
from concurrent.futures import ThreadPoolExecutor

import requests

path, base_url = sys.argv[1:3]
session = requests.Session()
session.headers["x-access-token"] = "any"


def user(row):
    flags = ("Activated", "IsMobileWorker")
    plain = {name: row[name] for name in row if "." not in name and name != "Remarks"}
    plain.update({name: row[name] == "true" for name in flags})
    plain["Phones"] = [{"PhoneNum": row["Phones.Mobile"], "PhoneType": "Mobile"}]
    plain["Extensions"] = {"CostCenter": row["Extensions.CostCenter"]}
    return plain


def post(chunk):
    answer = session.post(f"{base_url}/seiapi/v3/bulk/Users", json={"Users": chunk})
    answer.raise_for_status()
    return len(chunk)


with open(path, newline="", encoding="utf-8") as file:
    users = [user(row) for row in csv.DictReader(file)]
chunks = [users[at : at + 200] for at in range(0, len(users), 200)]
with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(post, chunks)), "posted")
