"""The marts, computed a second time: in plain Python, from the sandbox's own rows, without SQL.

* `figures` has rounding and dates;
* `facts` joins the sandbox's rows to learners, enrollments, slots and lines of attendance sheets;
* `training`, `classrooms` and `report` compute the expected rows of each mart;
* `compare` compares the marts of a database with them.
"""
