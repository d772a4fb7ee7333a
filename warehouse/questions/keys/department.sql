arrayDistinct(causes.department)
