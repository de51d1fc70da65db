"""The marts, computed a second time: in plain Python, from what the sandbox holds, without SQL.

* `figures` rounds and dates;
* `facts` joins the sandbox's rows to learners, enrolments, slots and lines of attendance sheets;
* `training`, `classrooms` and `report` make of them what each mart must hold;
* `compare` holds the marts of a database against it.
"""
