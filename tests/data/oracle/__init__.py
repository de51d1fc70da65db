"""The marts, computed a second time: in plain Python, from the rows of the streams, without SQL.

* `values` reads the values of a row, `half_days` the titles of sheets, `settings` the variables of the dbt project;
* `figures` has rounding and dates;
* `streams`, `people`, `paths` and `facts` join the rows of an account: each is the base of the next;
* `answer_files` reads the sandbox's files of answers;
* `training`, `classrooms` and `report` compute the expected rows of each mart;
* `compare` compares the marts of a database with them, and `datable` names the columns of marts of the past.
"""
