arrayDistinct(causes.code)
