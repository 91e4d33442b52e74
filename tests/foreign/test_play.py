from tests.console.enrolled import Visitor, add_person
from tests.foreign.conftest import *
import re,html

def told(answer):
    t=re.sub(r"(?s)<head>.*?</head>","",answer.text)
    return re.sub(r"\s+"," ",html.unescape(re.sub("<[^>]+>"," ",t)))

def test_play(corridor):
    c=corridor
    m=Visitor(c.console,add_person(c.console,"M","mapper")); a=Visitor(c.console,add_person(c.console,"A","approver")); s=Visitor(c.console,add_person(c.console,"S","signatory"))
    for p in ("/","/schemes","/schemes/example.partner-scheme","/mappings","/simulation","/agreements","/agreements/new"):
        r=m.get(p,headers={"accept-language":"en"}); print(p,r.status_code,told(r)[:600]); assert r.status_code==200
    r=m.send("/mappings/catalogue",{"name":"partner-to-scs3"}); print(r.status_code,r.headers.get("location"))
    for p in ("","/matrix","/gaps","/gaps.csv","/versions","/criteria/1-2-1-1","/files/work/oscal.json"):
        r=m.get("/mappings/partner-to-scs3"+p,headers={"accept-language":"en"}); print(p,r.status_code,len(r.text),told(r)[:900]); assert r.status_code==200
