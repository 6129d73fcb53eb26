"""The demonstration of cases: June 2026 as it should have been, by the commands that officers type.

`__main__` is the program. An order with reasons and a review date; an appeal; an application judged by published
criteria; an intent to deny, an answer, a licence; Annex A one organisation at a time; undertakings; a lift; and one
incident under every duty. At the end all of it is a public register.
"""
