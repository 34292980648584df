"""个人信息主体请求 · export everything about me, correct, erase: taken, answered in time, with what stays and why."""
