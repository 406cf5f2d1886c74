"""Puts the people of a JSON export into a tenant, by the bulk call. A process of its own: what it holds would else count
as memory of whatever is started after it."""
import json
import sys
import urllib.request

base_url, export = sys.argv[1:3]
with open(export, encoding="utf-8") as file:
    users = json.load(file)
for user in users:
    user["Phones"] = [{"PhoneNum": user.pop("Phones.Mobile"), "PhoneType": "Mobile"}]
    user["Extensions"] = {"CostCenter": user.pop("Extensions.CostCenter")}
    user.pop("Remarks")
for at in range(0, len(users), 1000):
    body = json.dumps({"Users": users[at : at + 1000]}).encode()
    headers = {"x-access-token": "any", "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"{base_url}/seiapi/v3/bulk/Users", body, headers)).read()
